"""What pages may say beyond Markdown: equations, typeset from the code that runs, and names that a search leads to."""

import re
from typing import ClassVar

from docutils import nodes
from pages.formulas import equations, laws
from pages.numbers import stem
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from plasticity.kernels import declared_kernels


class Equations(SphinxDirective):
    """Typeset the equations of one kernel, or of the named states and signals of it."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        """Give one formula for each rate and signal, under a line that says whose they are."""
        kernels = {kernel.name: kernel for kernel in declared_kernels()}
        found: list[nodes.Node] = []
        for name in self.arguments[0].split():
            if name not in kernels:
                raise self.error(f"no kernel {name!r}; there are {', '.join(kernels)}")
            kernel = kernels[name]
            box = nodes.container(classes=["equations"])
            page = self.env.app.builder.get_relative_uri(self.env.docname, f"_generated/kernels/{stem(kernel)}")
            line = nodes.paragraph()
            line += nodes.reference("", "", nodes.literal(text=name), refuri=page, internal=True)
            line += nodes.Text(f": {kernel.doc.partition(chr(10))[0]}")
            box += line
            results, steps = equations(kernel)
            box += displayed(results)
            box += [nodes.paragraph("", "where"), *displayed(steps)] if steps else []
            found.append(box)
        return found


class Laws(SphinxDirective):
    """Typeset what the signs of the smooth laws mean."""

    def run(self) -> list[nodes.Node]:
        """Give one formula for each law."""
        return displayed(laws())


class Entry(SphinxRole):
    """A name in a table: set as code, and its row is the first thing that a search for it finds."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Give the entry of the index and the name."""
        place = f"index-{self.env.new_serialno('index')}"
        searched = re.sub(r"^<compound>[._]", "", self.text)
        entry = addnodes.index(entries=[("single", searched, place, "main", None)])
        return [entry, nodes.literal(text=self.text, ids=[place])], []


def lead_to_rows(_: Sphinx, document: nodes.document) -> None:
    """Let entries of the index lead to whole rows, whose words a search shows."""
    for row in document.findall(nodes.row):
        for entry in row.findall(addnodes.index):
            name = entry.next_node(nodes.literal, descend=False, siblings=True)
            row["ids"] += name["ids"]
            name["ids"] = []


def displayed(formulas: list[str]) -> list[nodes.Node]:
    """Give each formula a line of its own."""
    return [nodes.math_block(text, text, nowrap=False, number=None, label=None) for text in formulas]


def setup(app: Sphinx) -> dict[str, bool]:
    """Hook in."""
    app.add_directive("equations", Equations)
    app.add_directive("laws", Laws)
    app.add_role("entry", Entry())
    app.connect("doctree-read", lead_to_rows)
    return {"parallel_read_safe": True}
