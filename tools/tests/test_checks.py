"""Each rule of the house, on a small checkout that keeps it and one that breaks it."""

from __future__ import annotations

import subprocess

import pytest

from tools import budgets, built_sql, faces, places, routes, untranslated
from tools.project import CHECKOUT


@pytest.fixture
def write(tmp_path):
    """Writes a file of a checkout made up for this test."""

    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return tmp_path

    return write


def function(name, lines):
    return f"def {name}():\n" + "    x = 1\n" * (lines - 1)


@pytest.mark.parametrize(("lines", "findings"), [(400, 0), (401, 1)])
def test_a_file_has_at_most_400_lines(write, lines, findings):
    assert len(budgets.find(write("rapport/people/long.py", "x = 1\n" * lines))) == findings


def test_tables_tests_and_migrations_may_be_longer(write):
    for name in (
        "rapport/language/phrases/greetings.py",
        "rapport/people/tests/test_x.py",
        "rapport/x/migrations/1.py",
    ):
        root = write(name, "x = 1\n" * 500)
    assert budgets.find(root) == []


@pytest.mark.parametrize(("lines", "findings"), [(60, 0), (61, 1)])
def test_a_function_has_at_most_60_lines(write, lines, findings):
    short = "\n".join(function(f"short{i}", 2) for i in range(20))
    assert len(budgets.find(write("rapport/a.py", short + "\n" + function("long", lines)))) == findings


def test_at_most_a_tenth_of_the_functions_is_over_25_lines(write):
    short = "\n".join(function(f"short{i}", 2) for i in range(9))
    assert budgets.find(write("rapport/a.py", short + "\n" + function("one", 26))) == []
    found = budgets.find(write("rapport/b.py", function("two", 26)))
    assert [finding.message[:5] for finding in found] == ["one()", "two()"]


@pytest.mark.parametrize("name", ["rapport/desk/templates/desk/_row.html", "rapport/ui/static/ui/behaviours/drop.js"])
def test_partials_and_behaviours_have_at_most_80_lines(write, name):
    assert budgets.find(write(name, "\n" * 80)) == []
    assert len(budgets.find(write(name, "\n" * 81))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "Conversation.objects.get(pk=1)",
        "models.Message.objects.all()",
        "get_object_or_404(Conversation, number=1)",
        "Message._default_manager.all()",
    ],
)
def test_a_face_never_fetches_past_access(write, line):
    assert len(faces.find(write("rapport/desk/inbox/views.py", line))) == 1


@pytest.mark.parametrize("name", ["rapport/conversations/listing.py", "rapport/desk/tests/test_inbox.py"])
def test_lower_layers_and_tests_may_fetch(write, name):
    assert faces.find(write(name, "Conversation.objects.get(pk=1)")) == []


@pytest.mark.parametrize(
    "line",
    [
        'c.execute(f"SELECT {x}")',
        'c.execute("SELECT %s" % x)',
        'c.execute("SELECT " + x)',
        'c.execute("SELECT {}".format(x))',
        'T.objects.raw(f"SELECT {x}")',
        's = f"SELECT {x}"\nc.execute(s)',
        'c.executemany(", ".join(x), [])',
        'RawSQL(sql=f"{x}", params=[])',
    ],
)
def test_built_sql_is_refused(write, line):
    assert len(built_sql.find(write("rapport/a.py", line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        'c.execute("SELECT %s", [x])',
        "c.execute(STATEMENT, [x])",
        'c.execute("SELECT 1 " + "FROM t")',
        'c.execute(sql.SQL("SELECT {}").format(sql.Identifier(x)))',
        'c.execute(f"SELECT 1")',
    ],
)
def test_constant_sql_passes(write, line):
    assert built_sql.find(write("rapport/a.py", line)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "see https://py" + "pi.org/project/x"),
        ("requirements/a.txt", "--index-" + "url https://mirror.example/simple"),
        ("a.py", "HOME = '/ro" + "ot/x'"),
        ("a.py", "HOME = '/hom" + "e/ada/x'"),
        ("rapport/utils.py", ""),
        ("rapport/mail/helpers/a.py", ""),
    ],
)
def test_registries_machine_paths_and_vague_names_are_refused(write, name, text):
    root = write(name, text)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    assert len(places.find(root)) == 1


def test_ordinary_names_and_addresses_pass(write):
    root = write("rapport/homing.py", "PATHS = ['/inbox/', 'https://example.org/home/']\n")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    assert places.find(root) == []


@pytest.mark.parametrize(
    "template",
    [
        "<p>Hello</p>",
        "<img alt='A rose'>",
        '<input placeholder="Search">',
        "<input type=submit value=Send>",
        "<button aria-label='Close'></button>",
        "{% if x %}<p>{{ x }} waiting</p>{% endif %}",
        "{% trans %}a{% endtrans %}<b>left over</b>",
        "<code>x</code> words",
        "&Uuml;bersicht",
    ],
)
def test_an_untranslated_text_is_found(write, template):
    assert len(untranslated.find(write("rapport/desk/templates/a.html", template))) == 1


@pytest.mark.parametrize(
    "template",
    [
        "<p>{{ _('Hello') }}</p>",
        "{% trans count=n %}One{% pluralize %}Many{% endtrans %}",
        "<p class=\"wide\" id=x hx-get='/a/'>1 · 2</p>",
        "<a {% if x %}class='on'{% endif %} href=\"{{ url('x') }}\" title=\"{{ _('Go') }}\">→</a>",
        "<style>p { color: red }</style><script>go()</script>{# words #}<!-- words -->",
        "<kbd>Ctrl</kbd> <span translate=no>SMTP</span><svg><title>x y</title></svg>",
        "<title>Rapport</title>",
        "{% block body_class %}staff{% endblock %}{% block main_attributes %} data-page='inbox wide'{% endblock %}",
        "{% load i18n %}{% trans 'Hello' %}<p>{% blocktrans %}words{% endblocktrans %}</p>",
        "<input type=hidden value=words><br/>",
    ],
)
def test_translated_and_wordless_templates_pass(write, template):
    assert untranslated.find(write("rapport/desk/templates/a.html", template)) == []


@pytest.mark.parametrize(
    ("script", "findings"),
    [
        ('place.textContent = "Not sent yet";', 1),
        ("toast(`Sent to ${name}`);", 1),
        ('// "Sent to" stands in data-sent\nplace.textContent = place.dataset.sent;', 0),
        ('throw new Error("Nobody reads this");', 0),
        ('key === "Enter"', 0),
    ],
)
def test_scripts_hold_no_words(write, script, findings):
    assert len(untranslated.find(write("rapport/ui/static/ui/js/a.js", script))) == findings


def test_a_template_jinja_cannot_read_is_a_finding(write):
    assert len(untranslated.find(write("rapport/desk/templates/a.html", "{% if x"))) <= 1


def test_an_address_without_a_line_in_the_matrix_is_found(write):
    write("tests/security/__init__.py", "")
    write("tests/__init__.py", "")
    write("tests/security/permissions.py", "class R:\n    pattern = 'gone/'\n\ndef rows():\n    return [R]\n")
    root = write("tests/security/routes.py", "def every_route():\n    return ['new/']\n")
    (root / "rapport").symlink_to(CHECKOUT / "rapport")
    said = [finding.message for finding in routes.find(root)]
    assert said == ["say who may do what at 'new/': the router has it", "take out 'gone/': the router has it no more"]
