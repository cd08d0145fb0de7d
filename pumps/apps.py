from django.apps import AppConfig


class PumpsConfig(AppConfig):
    name = "pumps"

    def ready(self):
        from patients import actions
        from pumps.actions.devices import end_care

        if end_care not in actions.when_care_ends:
            actions.when_care_ends.append(end_care)
