"""How the site is built: `sphinx-build -n -W docs docs/_build/html`; nothing is fetched, now or by readers."""

import sys
from importlib import metadata
from pathlib import Path

from docutils import nodes
from pybtex.database import Entry
from pybtex.plugin import register_plugin
from pybtex.style.formatting.plain import Style
from pybtex.style.template import Node, field, sentence
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

import plasticity
from plasticity.compound import compound_names

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from facts import facts  # noqa: E402 they lie beside this file
from foreign import write as write_inventories  # noqa: E402
from pages.markdown import DISCLAIMER  # noqa: E402
from pages.tables import RECORDS  # noqa: E402

project = "plasticity"
author = copyright = "The plasticity developers"
version = release = plasticity.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.mathjax",
    "sphinxcontrib.bibtex",
    "sphinx_design",
    "sphinx_copybutton",
    "numpydoc",
    "myst_parser",
    "directives",
]
templates_path = ["_templates"]
smartquotes = False  # two dashes are an option of a command
exclude_patterns = ["_build", "_generated/parts"]
myst_enable_extensions = ["dollarmath", "deflist", "colon_fence", "substitution"]
myst_heading_anchors = 3
myst_substitutions = facts()
bibtex_bibfiles = ["../plasticity/sources.bib"]
bibtex_reference_style = "author_year"
intersphinx_mapping = write_inventories(HERE / "_build" / "inventories")

autosummary_generate = True
# Some disks hold Kernel.rst and kernel.rst as one file.
autosummary_filename_map = {"plasticity.declare.kernel": "plasticity.declare.kernel_decorator"}
autodoc_typehints = "none"  # types and units stand in the docstrings, in words
autodoc_member_order = "bysource"
numpydoc_show_class_members = False  # _templates/autosummary/class.rst lists the methods
numpydoc_xref_param_type = True
numpydoc_xref_ignore = "all"  # words of a type that are no names stay words
LINKED = ("numpy.ndarray", "pathlib.Path", "xarray.Dataset", "xarray.DataArray", "matplotlib.figure.Figure")
LINKED += ("ValueError", "TypeError", "OSError", "frozenset")
numpydoc_xref_aliases = {name: f":obj:`{name}`" for name in LINKED} | {  # a bare name equal to its alias is no link
    "ndarray": "numpy.ndarray",
    "mapping": ":term:`mapping`",
    **{name: f"plasticity.{name}" for name in ("Protocol", "Model", "Study", "Event", "InputError")},
    **{name: f"plasticity.declare.{name}" for name in ("Kernel", "Bound")},
    **{name: f"{module}.{name}" for name, module in RECORDS.items()},
}

copybutton_prompt_text = r">>> |\.\.\. "  # what is copied can be pasted into Python
copybutton_prompt_is_regexp = True

WIDE = [f"_generated/gallery/{name}" for name in ("index", *plasticity.Study.names())]
WIDE += [f"_generated/compounds/{name}" for name in ("index", *compound_names())]
html_theme = "pydata_sphinx_theme"
html_title = "plasticity"
html_static_path = ["_static"]
html_favicon = "_static/icon.svg"
html_context = {"default_mode": "auto"}
html_css_files = ["site.css"]
html_extra_path = ["_generated/study.schema.json", "_build/pages"]  # whole pages, made by stored_map.py
html_theme_options = {
    "announcement": DISCLAIMER,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "show_nav_level": 2,
    "header_links_before_dropdown": 6,
    "secondary_sidebar_items": {"**": ["page-toc", "sourcelink"], **{name: [] for name in ("index", *WIDE)}},
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {"index": [], "_generated/gallery/index": []}

# MathJax's files come with a package of documentation tools; the one file that typesets holds its letters too.
MATHJAX = next(one for one in metadata.files("django-static-mathjax") or () if one.match("es5/tex-svg.js"))
mathjax_path = "tex-svg.js"
mathjax3_config = {"options": {"enableMenu": False}}


class TitlesAsGiven(Style):
    """Keep the capitals of a title: LSD is not lsd."""

    def format_title(self, e: Entry, which_field: str, as_sentence: bool = True) -> Node:
        """Write a title as the file has it."""
        title = field(which_field)
        return sentence[title] if as_sentence else title


register_plugin("pybtex.style.formatting", "titles_as_given", TitlesAsGiven)


def write_pages(app: Sphinx, config: Config) -> None:  # noqa: ARG001
    """Generate what is generated before Sphinx looks which files there are, and say which figures are out of date."""
    import gallery
    import generate
    import stored_map

    generate.write(HERE / "_generated")
    stored_map.write(HERE / "_build" / "pages")
    for name in gallery.stale():
        logging.getLogger(__name__).warning(
            "the figure of study %s was made from something else; run `python docs/gallery.py`", name
        )


def trim(app: Sphinx, doctree: nodes.document) -> None:  # noqa: ARG001
    """Cut blank lines at the end of snippets, which end the output of an example."""
    for block in doctree.findall(nodes.literal_block):
        text = block.astext().rstrip("\n")
        block.rawsource, block.children = text, []
        block += nodes.Text(text)


def copy_mathjax(app: Sphinx, error: Exception | None) -> None:
    """Put MathJax beside the pages, so that equations need no network."""
    if error is None and app.builder.format == "html":
        text = Path(str(MATHJAX.locate())).read_bytes()
        (Path(app.outdir) / "_static" / mathjax_path).write_bytes(text)


def setup(app: Sphinx) -> None:
    """Hook in."""
    app.connect("config-inited", write_pages)
    app.connect("doctree-read", trim)
    app.connect("build-finished", copy_mathjax)
