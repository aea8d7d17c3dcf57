"""What is known about a number or an equation, as notes and MIRIAM annotations of its SBML element."""

import html
from collections.abc import Iterable
from typing import Any

from plasticity.sbml.library import done, libsbml
from plasticity.sources import read_sources


def label(
    element: Any, identifier: str, name: str = "", notes: Iterable[str] = (), sources: Iterable[str] = ()
) -> None:
    """Name an element, say what is known about it, and point to the papers.

    Parameters
    ----------
    element : libsbml.SBase
        It stands in a model already.
    identifier : str
        Becomes its meta id, after ``meta_``.
    name : str
        In words.
    notes : iterable of str
        Paragraphs.
    sources : iterable of str
        Keys of ``sources.bib``: each with a DOI becomes ``bqbiol:isDescribedBy``, all are named in the notes.

    Examples
    --------
    >>> document = libsbml().SBMLDocument(3, 2)
    >>> parameter = document.createModel().createParameter()
    >>> label(parameter, "theta_rest", "Resting threshold", ["verified"], ["Graupner2012"])
    >>> parameter.getCVTerm(0).getResourceURI(0)
    'https://identifiers.org/doi:10.1073/pnas.1109359109'
    """
    done(element.setMetaId(f"meta_{identifier}"), f"meta id of {identifier}")
    if name:
        done(element.setName(name), f"name of {identifier}")
    known, keys = read_sources(), list(sources)
    paragraphs = [*notes, *(_cited(key, known) for key in keys)]
    if paragraphs:
        body = "".join(f"<p>{html.escape(text, quote=False)}</p>" for text in paragraphs if text)
        done(element.setNotes(f'<body xmlns="http://www.w3.org/1999/xhtml">{body}</body>'), f"notes of {identifier}")
    papers = [known[key].doi for key in keys if key in known and known[key].doi]
    if papers:
        library = libsbml()
        term = library.CVTerm(library.BIOLOGICAL_QUALIFIER)
        done(term.setBiologicalQualifierType(library.BQB_IS_DESCRIBED_BY), f"annotation of {identifier}")
        for doi in papers:
            done(term.addResource(f"https://identifiers.org/doi:{doi}"), f"annotation of {identifier}")
        done(element.addCVTerm(term), f"annotation of {identifier}")


def _cited(key: str, known: Any) -> str:
    if key not in known:
        return f"Source: {key}"
    paper = known[key]
    parts = [text for text in (paper.author, paper.year, paper.title, paper.doi) if text]
    return f"Source: {key}" + (f" ({', '.join(parts)})" if parts else "")
