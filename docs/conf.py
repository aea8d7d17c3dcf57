"""How the site is built: `sphinx-build -n -W docs docs/_build/html`."""

import sys
from pathlib import Path

from pybtex.database import Entry
from pybtex.plugin import register_plugin
from pybtex.style.formatting.plain import Style
from pybtex.style.template import Node, field, sentence
from sphinx.application import Sphinx
from sphinx.config import Config

import plasticity

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

project = "plasticity"
author = copyright = "The plasticity developers"
version = release = plasticity.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinxcontrib.bibtex",
    "numpydoc",
    "myst_parser",
]
templates_path = ["_templates"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3
bibtex_bibfiles = ["../plasticity/sources.bib"]
bibtex_reference_style = "author_year"

autosummary_generate = True
autodoc_typehints = "none"  # types and units stand in the docstrings, in words
autodoc_member_order = "bysource"
numpydoc_show_class_members = False  # _templates/autosummary/class.rst lists the methods

html_theme = "pydata_sphinx_theme"
html_title = "plasticity"
html_static_path = ["_static"]
html_extra_path = ["_build/pages"]  # whole pages, made by stored_map.py
html_theme_options = {"show_toc_level": 2, "navigation_with_keys": False, "show_nav_level": 2}


class TitlesAsGiven(Style):
    """Keep the capitals of a title: LSD is not lsd."""

    def format_title(self, e: Entry, which_field: str, as_sentence: bool = True) -> Node:
        """Write a title as the file has it."""
        title = field(which_field)
        return sentence[title] if as_sentence else title


register_plugin("pybtex.style.formatting", "titles_as_given", TitlesAsGiven)


def write_pages(app: Sphinx, config: Config) -> None:  # noqa: ARG001
    """Generate the reference before Sphinx looks which files there are."""
    import generate
    import stored_map

    generate.write(HERE / "_generated")
    stored_map.write(HERE / "_build" / "pages")


def setup(app: Sphinx) -> None:
    """Hook in."""
    app.connect("config-inited", write_pages)
