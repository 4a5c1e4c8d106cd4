using System.Globalization;
using System.Text.Json.Serialization;
using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>
/// A finished run of an attack of minimal norm: sizes of perturbations over the images that crossed, the others counted
/// beside them. It has no accuracy: that belongs to a budget.
/// </summary>
internal sealed record MinimalOutcome(string Name, MinimalAttack Attack, Classifier Classifier, AttackInput Input, AttackResult Result)
    : AttackOutcome(Name, Classifier, Input, Result)
{
    public override Attack Asked => Attack;

    public override FamilyTotals Family => MinimalTotals.Of(MinimalFigures.Of(Result), Input.TargetClass);

    public override string Text
    {
        get
        {
            MinimalFigures f = MinimalFigures.Of(Result);
            string goal = Input.TargetClass is { } k ? $"reached class {k}"
                : Input.Aim is { } aim ? $"reached the {aim} class of each"
                : "left the class that the network predicts";
            string box = f.OutsideBox == 0
                ? ""
                : $"\n{f.OutsideBox} outputs leave the pixel box; images.png shows them clipped, tensors.safetensors has them as they are";
            return string.Create(CultureInfo.InvariantCulture,
                $"{Name}: {Result.Successes} of {Result.Counted} {goal}; "
                + $"L2 norm {f.L2.Median:F4} (quartiles {f.L2.Lower:F4} to {f.L2.Upper:F4}), ")
                + string.Create(CultureInfo.InvariantCulture, $"L\u221E norm {f.Linf.Median:F4} ({f.Linf.Lower:F4} to {f.Linf.Upper:F4}); ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"rho_adv {f.RhoAdv:F4}, rho_inf {f.RhoInf:F4}; excluded {Result.Examples.Length - Result.Counted}{box}");
        }
    }

    /// <summary>The size of a perturbation that was not found is no number.</summary>
    protected override ExampleResult[] Sized => [.. Counted.Where(e => e.Success)];

    public override IEnumerable<ReportSection> Sections()
    {
        MinimalFigures figures = MinimalFigures.Of(Result);
        ExampleResult[] crossed = Sized;
        string goal = Input.TargetClass is { } k
            ? $"towards class {Input.ClassNames[k]}"
            : Input.Aim is { } aim ? $"towards the {aim} class of each"
            : "out of the class that the network predicts, right or wrong";
        SummaryTable sizes = new($"{Title}: the smallest perturbation found, {goal}.",
            [
                new("attack"), new("crossed", true), new("L2 median", true, "quartiles"), new("L\u221E median", true, "quartiles"),
                new("\u03C1 adv", true, "mean"), new("\u03C1 \u221E", true, "mean"),
            ],
            [[
                TableCell.Words(Title), TableCell.Share(crossed.Length, Result.Counted), Cell(figures.L2), Cell(figures.Linf),
                TableCell.Number(figures.RhoAdv, 4), TableCell.Number(figures.RhoInf, 4),
            ]],
            "Sizes are those of images that crossed; the others are counted, not averaged. "
            + "\u03C1 is the size of the perturbation by that of the image. "
            + "These are distances to the boundary, no accuracy within a budget.");
        SummaryTable shape = new("How flat the boundary is.",
            [
                new("attack"), new("first-order distance", true, "quartiles"), new("cosine with the normal", true, "quartiles"),
                new("iterations", true, "mean"), new("wrong before", true),
            ],
            [[
                TableCell.Words(Title), Cell(figures.FirstOrder), Cell(figures.NormalCosine), TableCell.Number(figures.Iterations, 2),
                TableCell.Integer(figures.MisclassifiedBefore),
            ]],
            "First-order distance: what one linearisation at the image says. Cosine: "
            + "of the perturbation and the boundary's normal at its end, 1 at the nearest point of a smooth boundary in L2.");
        List<IReportPart> parts = [sizes, shape];
        if (Result.Warnings.Length > 0) parts.Add(new Prose(Result.Warnings));
        string box = figures.OutsideBox == 0 ? "" : $" {ReportNumber.Integer(figures.OutsideBox)} outputs of the run leave the "
            + "pixel box and are shown clipped; their tensors are as they are.";
        if (crossed.Length > 0)
        {
            parts.Add(
                AttackGallery.Of($"{Title}: the first images that crossed.", Input.ClassNames, Input.Sources, Result.Output, crossed, box));
        }
        yield return new("The distance to the boundary", "How little it takes to change the network's mind.", parts);
    }

    private static TableCell Cell(Quartiles q) =>
        TableCell.Words($"{ReportNumber.Fixed(q.Median, 4)} ({ReportNumber.Fixed(q.Lower, 4)} to {ReportNumber.Fixed(q.Upper, 4)})");
}

/// <summary>The totals of smallest perturbations.</summary>
internal sealed record MinimalTotals(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? TargetClass,
    int Failures, int MisclassifiedBefore, int OutsideBox,
    double DistanceL2LowerQuartile, double DistanceL2Median, double DistanceL2UpperQuartile,
    double DistanceLinfLowerQuartile, double DistanceLinfMedian, double DistanceLinfUpperQuartile, double RhoAdv, double RhoInf,
    double FirstOrderDistanceLowerQuartile, double FirstOrderDistanceMedian, double FirstOrderDistanceUpperQuartile,
    double NormalCosineLowerQuartile, double NormalCosineMedian, double NormalCosineUpperQuartile, double IterationsMean) : FamilyTotals
{
    public static MinimalTotals Of(MinimalFigures f, int? towards) => new(
        towards, f.Failures, f.MisclassifiedBefore, f.OutsideBox, f.L2.Lower, f.L2.Median,
        f.L2.Upper, f.Linf.Lower, f.Linf.Median, f.Linf.Upper, f.RhoAdv, f.RhoInf,
        f.FirstOrder.Lower, f.FirstOrder.Median, f.FirstOrder.Upper,
        f.NormalCosine.Lower, f.NormalCosine.Median, f.NormalCosine.Upper, f.Iterations);
}
