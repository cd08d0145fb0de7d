"""Search: what can be found, the words that occur in it, and the database's own index over them."""

import django.db.models.deletion
from django.db import migrations, models

from portal.education.finding import full_text


def install(apps, schema_editor):
    full_text.install(schema_editor)


def remove(apps, schema_editor):
    full_text.remove(schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("education", "0002_windows"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(choices=[("en", "English"), ("es", "Español")], max_length=2)),
                ("word", models.CharField(max_length=40)),
                ("shown", models.CharField(max_length=80)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("language", "word"), name="education_search_word_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(choices=[("en", "English"), ("es", "Español")], max_length=2)),
                (
                    "kind",
                    models.CharField(
                        choices=[("page", "Page"), ("question", "Question"), ("word", "Word")], max_length=8
                    ),
                ),
                ("anchor", models.CharField(blank=True, max_length=80)),
                ("title", models.CharField(max_length=160)),
                ("page_title", models.CharField(blank=True, max_length=120)),
                ("text", models.TextField(blank=True)),
                ("title_words", models.TextField(blank=True)),
                ("question_words", models.TextField(blank=True)),
                ("lead_words", models.TextField(blank=True)),
                ("body_words", models.TextField(blank=True)),
                (
                    "publication",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_entries",
                        to="education.publication",
                    ),
                ),
                (
                    "term_text",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_entries",
                        to="education.termtext",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("publication", None), ("term_text__isnull", False)),
                            models.Q(("publication__isnull", False), ("term_text", None)),
                            _connector="OR",
                        ),
                        name="education_search_entry_of_a_page_or_a_word",
                    )
                ],
            },
        ),
        migrations.RunPython(install, remove),
    ]
