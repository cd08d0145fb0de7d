from pumps import actions
from pumps.models import Visit
from tests.base import at
from tests.pumps.test_book_visit import VisitTestCase


class MoveVisitTests(VisitTestCase):
    def move(self, visit, starts_at, ends_at, **values):
        values = {"nurse": self.nora, "room": self.room1, **values}
        return actions.move_visit(
            actor=self.nora, visit=visit, starts_at=starts_at, ends_at=ends_at, **values
        )

    def test_the_old_row_stays_and_a_new_one_takes_its_place(self):
        old = self.book(starts_at=at("2026-06-08"))
        new = self.move(old, at("2026-06-09"), at("2026-06-09", 11), nurse=self.priya)
        old.refresh_from_db()
        self.assertEqual((old.state, new.state, new.moved_from), ("moved", "booked", old))
        self.assertEqual((new.nurse, new.room), (self.priya, self.room1))

    def test_by_half_an_hour_it_does_not_stand_in_its_own_way(self):
        old = self.book(starts_at=at("2026-06-08"))
        new = self.move(old, at("2026-06-08", 10, 30), at("2026-06-08", 11, 30))
        self.assertEqual(Visit.objects.booked().get(), new)

    def test_the_confirmation_does_not_move_with_it(self):
        old = actions.confirm_visit(actor=self.rosa_user, visit=self.book(starts_at=at("2026-06-08")))
        new = self.move(old, at("2026-06-09"), at("2026-06-09", 11))
        self.assertIsNone(new.confirmed_at)

    def test_refusals_leave_it_as_it_was(self):
        visit = self.book(starts_at=at("2026-06-08"))
        self.book(self.dales_pump, starts_at=at("2026-06-09"), nurse=self.priya, room=self.room2)
        cases = [
            ("starts_at", "closed", {"starts_at": at("2026-06-13"), "ends_at": at("2026-06-13", 11)}),
            (
                "nurse",
                "already",
                {"starts_at": at("2026-06-09"), "ends_at": at("2026-06-09", 11), "nurse": self.priya},
            ),
            (
                "room",
                "already",
                {"starts_at": at("2026-06-09"), "ends_at": at("2026-06-09", 11), "room": self.room2},
            ),
        ]
        for field, words, values in cases:
            with self.subTest(words=words, field=field):
                self.refused(field, words, self.move, visit=visit, **values)

    def test_only_a_booked_visit_moves(self):
        visit = self.book(starts_at=at("2026-06-08"))
        self.move(visit, at("2026-06-09"), at("2026-06-09", 11))
        values = {"starts_at": at("2026-06-10"), "ends_at": at("2026-06-10", 11)}
        self.refused("__all__", "no longer booked", self.move, visit=visit, **values)
