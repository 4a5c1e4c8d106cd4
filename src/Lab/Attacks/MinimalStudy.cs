using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>A finished run of an attack of minimal norm with all that its report needs.</summary>
internal sealed record MinimalStudy(string Name, MinimalAttack Attack, IReadOnlyList<string> ClassNames, Tensor Images, AttackResult Result, int? Towards = null)
{
    public ReportSection Section()
    {
        MinimalFigures figures = MinimalFigures.Of(Result);
        ExampleResult[] crossed = [.. Result.Examples.Where(e => e is { Counts: true, Success: true })];
        string goal = Towards is { } k ? $"towards class {ClassNames[k]}" : "out of the class that the network predicts, right or wrong";
        SummaryTable sizes = new($"{Name}: the smallest perturbation found, {goal}.",
            [new("attack"), new("crossed", true), new("L2 median", true, "quartiles"), new("L\u221E median", true, "quartiles"), new("\u03C1 adv", true, "mean"), new("\u03C1 \u221E", true, "mean")],
            [[
                TableCell.Words(Name), TableCell.Share(crossed.Length, Result.Counted), Cell(figures.L2), Cell(figures.Linf),
                TableCell.Number(figures.RhoAdv, 4), TableCell.Number(figures.RhoInf, 4),
            ]],
            "Sizes are those of images that crossed; the others are counted, not averaged. \u03C1 is the size of the perturbation by that of the image. "
            + "These are distances to the boundary, no accuracy within a budget.");
        SummaryTable shape = new("How flat the boundary is.",
            [new("attack"), new("first-order distance", true, "quartiles"), new("cosine with the normal", true, "quartiles"), new("iterations", true, "mean"), new("wrong before", true)],
            [[
                TableCell.Words(Name), Cell(figures.FirstOrder), Cell(figures.NormalCosine), TableCell.Number(figures.Iterations, 2),
                TableCell.Integer(figures.MisclassifiedBefore),
            ]],
            "First-order distance: what one linearisation at the image says. Cosine: of the perturbation and the boundary's normal at its end, 1 at the nearest point of a smooth boundary in L2.");
        List<IReportPart> parts = [sizes, shape];
        if (Result.Warnings.Length > 0) parts.Add(new Prose(Result.Warnings));
        string box = figures.OutsideBox == 0 ? "" : $" {ReportNumber.Integer(figures.OutsideBox)} outputs of the run leave the pixel box and are shown clipped; their tensors are as they are.";
        if (crossed.Length > 0) parts.Add(AttackGallery.Of($"{Name}: the first images that crossed.", ClassNames, Images, Result.Output, crossed, box));
        return new("The distance to the boundary", "How little it takes to change the network's mind.", parts);
    }

    private static TableCell Cell(Quartiles q) =>
        TableCell.Words($"{ReportNumber.Fixed(q.Median, 4)} ({ReportNumber.Fixed(q.Lower, 4)} to {ReportNumber.Fixed(q.Upper, 4)})");
}
