using MiniGrad.Charts.Images;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Formats.Images;
using MiniGrad.Lab.Attacks;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The figures of the report, in the order of the study's.</summary>
internal static class InvarianceFigures
{
    /// <summary>Figures 4 and 5: the first source of each class walked towards each target.</summary>
    public static ImageGridFigure Grid(InvarianceResult result, Walks walks, string caption)
    {
        IReadOnlyList<string> names = result.Setting.Data.ClassNames;
        return new(caption, names, [.. Enumerable.Range(0, names.Count).Select(target => (IReadOnlyList<GridCell?>)
            [.. Enumerable.Range(0, names.Count).Select(source => Cell(result, walks, target, source))])], Decimals: 3);
    }

    /// <summary>Figures 6 and 7: the share of walks that arrive, between classes.</summary>
    public static HeatTable Matrix(InvarianceResult result, SubjectOutcome network)
    {
        SuccessMatrix matrix = SuccessMatrix.Of(network.Relative.Ends(WalkMeasure.PerceptualShare),
            network.Relative.Confidences.Length, InvarianceResult.Near);
        return new($"{network.Subject.Title}: the share of walks that leave less than a quarter of the perceptual distance, "
            + "from each class to each other.",
            result.Setting.Data.ClassNames,
            [.. matrix.Cells.Select((row, target) => (IReadOnlyList<double>)
                [.. row.Select((share, source) => target == source ? double.NaN : share.Rate)])]);
    }

    /// <summary>Figure 3: an image and what it takes to make a network unsure of it.</summary>
    public static ImageRowsFigure Brittle(InvarianceResult result, IEnumerable<SubjectOutcome> networks) => new(
        "One image before and after a change of at most 0.01 of every pixel.", ["image", "changed"],
        [.. networks.Select(n => new ImageRow(n.Subject.Title,
        [
            (Picture(result, n.Brittleness.Clean), $"right class {ReportNumber.Fixed(n.Brittleness.OneBefore, 3)}"),
            (Picture(result, n.Brittleness.Changed), $"right class {ReportNumber.Fixed(n.Brittleness.OneAfter, 3)}"),
        ]))]);

    /// <summary>Figure 9: the confidence around the first walk of a network, over the radius.</summary>
    public static LineChart Width(SubjectOutcome network, PathWidthRow[] rows, string across)
    {
        (int Iteration, PathWidthRow[] Rows)[] around = [.. rows.GroupBy(row => row.Iteration).Select(g => (g.Key, g.ToArray()))];
        (int Iteration, PathWidthRow[] Rows)[] shown = around.Length <= 3 ? around : [around[0], around[around.Length / 2], around[^1]];
        return new($"{network.Subject.Title}: 5 % and 95 % quantiles of the confidence on spheres around a walk, {across}.",
            new("radius", "L2"), new("confidence", "", 0, 1),
            [.. shown.SelectMany(at => (LineSeries[])
            [
                new($"iteration {at.Iteration}, 95 %", [.. at.Rows.Select(r => r.Radius)], [.. at.Rows.Select(r => r.High)]),
                new($"iteration {at.Iteration}, 5 %", [.. at.Rows.Select(r => r.Radius)], [.. at.Rows.Select(r => r.Low)]),
            ])],
            Note: $"Clamping to [0, 1] shortens distances: at radius {ReportNumber.Short(rows.Max(r => r.Radius))} the mean is "
                + $"{ReportNumber.Fixed(rows.Where(r => r.Radius == rows.Max(q => q.Radius)).Average(r => r.MeanDistance), 2)}.");
    }

    /// <summary>Figure 10: errors over growing budgets.</summary>
    public static IEnumerable<LineChart> Budgets(InvarianceResult result)
    {
        foreach (string kind in (string[])["linf", "lpa"])
        {
            (TrainingMethod Method, BudgetCurve Curve)[] curves = [.. result.Budgets.Where(b => b.Curve.Kind == kind)];
            if (curves.Length == 0) continue;
            string words = kind == "lpa" ? "LPA, the network's own features" : "PGD-Conf in L∞";
            LineSeries[] Series(Func<BudgetCurve, double[]> values) =>
                [.. curves.Select(c => new LineSeries(InvarianceSubject.TitleOf(c.Method), c.Curve.Budgets, values(c.Curve)))];
            yield return new($"RErr(τ) over the budget: {words}.", new("budget"), new("RErr(τ)", "", 0, 1), Series(c => c.Errors));
            yield return new($"Mean confidence of attacked images that stay right: {words}.", new("budget"), new("confidence", "", 0, 1),
                Series(c => c.RightConfidence));
        }
    }

    private static GridCell? Cell(InvarianceResult result, Walks walks, int target, int source)
    {
        if (target == source)
        {
            int image = result.Targets[target];
            return new(Pictures.Of(result.Setting.Data.Images([image])), 1);
        }
        return walks.Images[target][source] is { Length: > 0 } bytes
            ? new(Picture(result, bytes), walks.Confidences[target][source])
            : null;
    }

    private static PixelImage Picture(InvarianceResult result, byte[] bytes) => Pictures.Of(Walks.Pixels(bytes),
        [result.Setting.Data.Channels, result.Setting.Data.Height, result.Setting.Data.Width]);
}
