"""The lemmas of the convergence proof of an over-parameterized exponential network, one file each."""

from pathlib import Path

from verify import Pack

PACK = Pack(
    name="exponential-regression",
    root=Path(__file__).parent,
    commands=(
        "lemmas.commands:width",
        "lemmas.commands:bench",
        "lemmas.certificate.commands:certify",
        "lemmas.certificate.commands:check",
    ),
    findings=(
        "lemmas.findings:all_findings",
        "lemmas.findings:from_lemmas",
        "lemmas.simulation.curves:training_curves",
        "lemmas.simulation.regime:prescribed_regime",
        "lemmas.simulation.tight_regime:tight_regime",
    ),
    about={
        "lemmas.simulation.regime:prescribed_regime": "convergence-sharp",
        "lemmas.simulation.tight_regime:tight_regime": "convergence-tight",
    },
    widths=(
        "lemmas.widths.comparison:sphere_10_5",
        "lemmas.widths.comparison:sphere_5_3",
        "lemmas.widths.comparison:sphere_2_2",
    ),
)
