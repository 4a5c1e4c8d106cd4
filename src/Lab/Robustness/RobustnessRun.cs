using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Lab.Robustness;

/// <summary>The attacked images of an evaluation, image by image into a run folder.</summary>
internal sealed class RobustnessRun(RejectionEvaluation evaluation, RobustnessInput input, RunFolder folder, long seed)
    : Run<AttackedRow>(folder, input.Count)
{
    public override string Noun => "image";

    protected override string LineNoun => "what attacks made of an image";

    protected override IEnumerable<AttackedRow> Measure(int first, int length, RunContext context) =>
        evaluation.Attacked(first, length, context with { Seed = seed });

    // A line of fewer attacks is done again.
    protected override AttackedRow? Restored(AttackedRow row) =>
        row.Attacks?.Length == input.Attacks.Count && row.Attacks.All(a => a is not null) ? row : null;
}

/// <summary>What each attack made of one image, as a line of <c>results.jsonl</c>: the worst of its starts.</summary>
internal sealed record AttackedRow(int Index, int Label, AttackedVerdict[] Attacks) : IRunRow;

/// <summary>What a classifier says of an attacked image; the confidences are NaN where its logits are not finite.</summary>
internal sealed record AttackedVerdict(int Prediction, double Confidence, double WrongConfidence)
{
    public static AttackedVerdict Of(Verdict verdict) => new(verdict.Prediction, verdict.Confidence, verdict.WrongConfidence);

    public Verdict About(int label) => new(Prediction, Prediction != label, Confidence, WrongConfidence);
}
