"""What pages may say beyond Markdown: a kernel's equations, typeset from the code that runs."""

from typing import ClassVar

from docutils import nodes
from pages.formulas import equations, laws
from pages.numbers import stem
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

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


def displayed(formulas: list[str]) -> list[nodes.Node]:
    """Give each formula a line of its own."""
    return [nodes.math_block(text, text, nowrap=False, number=None, label=None) for text in formulas]


def setup(app: Sphinx) -> dict[str, bool]:
    """Hook in."""
    app.add_directive("equations", Equations)
    app.add_directive("laws", Laws)
    return {"parallel_read_safe": True}
