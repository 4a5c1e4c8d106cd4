using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Lab.Models;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>A finished run of traversals: how near the targets they came, and what the network still says there.</summary>
internal sealed record TraversalOutcome(string Name, Traversal Attack, Classifier Classifier, AttackInput Input, AttackResult Result)
    : AttackOutcome(Name, Classifier, Input, Result)
{
    /// <summary>Success depends steeply on its threshold, so the counts at several are given.</summary>
    private static readonly double[] Thresholds = [0.01, 0.02, 0.03, 0.05, 0.1, 0.2];

    /// <summary>The perceptual distance, where one was measured.</summary>
    public LoadedLpips? Lpips { get; init; }

    public override Attack Asked => Attack;

    public override FamilyTotals Family => new TraversalTotals(
        string.Create(CultureInfo.InvariantCulture,
            $"rmse <= {Attack.SuccessRmse} with the confidence kept within {Attack.ConfidenceDrop}"),
        Thresholds.ToDictionary(t => t.ToString(CultureInfo.InvariantCulture), t => Counted.Count(e => e.Rmse <= t)), Kept);

    public override string Text
    {
        get
        {
            (ExampleResult[] counted, (double rmse, double deviation)) = (Counted, Statistics.Spread(Counted.Select(e => e.Rmse)));
            return string.Create(CultureInfo.InvariantCulture,
                $"{Name}: {Result.Successes} of {counted.Length} arrived (RMSE at most {Attack.SuccessRmse}, confidence kept); "
                + $"RMSE {rmse:F4} ± {deviation:F4}; ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"prediction kept {Kept} of {counted.Length}; excluded {Result.Examples.Length - counted.Length}")
                + (Lpips is null ? "" : TraversalLpips.Text(this, Lpips));
        }
    }

    /// <summary>Whether the pairs are all ordered pairs of one image of every class.</summary>
    public bool IsGrid => Input.Count == Input.ClassNames.Count * (Input.ClassNames.Count - 1)
        && Input.Pairs.Select(p => p.Source).Distinct().Count() == Input.ClassNames.Count;

    private int Kept => Counted.Count(e => e.Prediction == e.SourceClass);

    public Tensor Source(int example) => Input.Sources.TakeIndices(0, [example]);

    public Tensor Target(int example) => Input.Targets!.TakeIndices(0, [example]);

    public Tensor Output(int example) => Result.Output.TakeIndices(0, [example]);

    public override AttackOutcome Measured(LoadedLpips lpips)
    {
        double[] distances = lpips.Lpips.Of(Result.Output, Input.Targets!);
        return this with
        {
            Lpips = lpips,
            Result = Result with { Examples = [.. Result.Examples.Select((e, i) => e with { Lpips = distances[i] })] },
        };
    }

    public override JsonObject? Perception() => Lpips is null ? null : TraversalLpips.Describe(this, Lpips);

    public override IEnumerable<ReportSection> Sections() => TraversalReport.Sections(this);
}

/// <summary>
/// The totals of traversals: the criterion of success, arrivals at several distances, and how many predictions were kept.
/// </summary>
internal sealed record TraversalTotals(string SuccessCriterion, IReadOnlyDictionary<string, int> RmseWithin, int PredictionKept)
    : FamilyTotals;
