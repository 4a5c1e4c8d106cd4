using System.Text.Json.Nodes;
using MiniGrad.Charts;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>
/// A finished run of an attack with all that its summary and its report need; examples and rows of the tensors correspond.
/// What the numbers mean depends on the family: an attack in a ball has accuracies, one of minimal norm sizes, a traversal
/// distances to a target.
/// </summary>
internal abstract record AttackOutcome(string Name, Classifier Classifier, AttackInput Input, AttackResult Result)
{
    /// <summary>The name of the attack for readers of the report.</summary>
    public string Title { get; init; } = Name;

    /// <summary>The attack as it was run.</summary>
    public abstract Attack Asked { get; }

    /// <summary>The totals that only this family has.</summary>
    public abstract FamilyTotals Family { get; }

    /// <summary>The result in a line or two for people.</summary>
    public abstract string Text { get; }

    /// <summary>The examples that averages include.</summary>
    public ExampleResult[] Counted => [.. Result.Examples.Where(e => e.Counts)];

    /// <summary>The examples over which sizes are averaged.</summary>
    protected virtual ExampleResult[] Sized => Counted;

    /// <summary>The outcome of an attack of any family.</summary>
    public static AttackOutcome Of(
        string name, Attack attack, Classifier classifier, AttackInput input, AttackResult result) => attack switch
        {
            Traversal traversal => new TraversalOutcome(name, traversal, classifier, input, result),
            MinimalAttack minimal => new MinimalOutcome(name, minimal, classifier, input, result),
            _ => new BallOutcome(name, attack, classifier, input, result),
        };

    /// <summary>The same with a perceptual distance measured, where the family has use for one.</summary>
    public virtual AttackOutcome Measured(LoadedLpips lpips) => this;

    /// <summary>The parts of the report between what was asked and how to reproduce it.</summary>
    public abstract IEnumerable<ReportSection> Sections();

    /// <summary>The totals of the run: counts with their denominators, means over the examples that count.</summary>
    public JsonObject Summary()
    {
        ExampleResult[] counted = Counted;
        JsonObject summary = JsonText.Of(new AttackTotals(RunFolder.Schema, Name, Asked.Identity(), Result.Examples.Length, counted.Length,
            Result.Successes, counted.Length == 0 ? double.NaN : (double)Result.Successes / counted.Length,
            Result.Examples.GroupBy(e => e.Status).OrderBy(g => g.Key).ToDictionary(g => StatusWord.Of(g.Key), g => g.Count())));
        summary.Add(JsonText.Of(Family, Family.GetType()));
        summary.Add(JsonText.Of(AttackSizes.Of(Sized, Result.Warnings)));
        return summary;
    }

    /// <summary>The totals of a perceptual distance; none where none was measured.</summary>
    public virtual JsonObject? Perception() => null;
}

/// <summary>The totals that every attack has.</summary>
internal sealed record AttackTotals(
    int Schema, string Attack, string Configuration, int Count, int Counted,
    int Successes, double SuccessRate, IReadOnlyDictionary<string, int> Statuses);

/// <summary>The totals of one family of attacks.</summary>
internal abstract record FamilyTotals;

/// <summary>Means and deviations over examples, those of confidences of the population, and what the run warns of.</summary>
internal sealed record AttackSizes(
    double RmseMean, double RmseStd, double DistanceL2Mean, double DistanceL2Std,
    double DistanceLinfMean, double DistanceLinfStd, double SsimMean, double SsimStd,
    double SourceConfidenceMean, double SourceConfidenceStd, double ConfidenceMean, double ConfidenceStd, string[] Warnings)
{
    public static AttackSizes Of(ExampleResult[] examples, string[] warnings)
    {
        (double Mean, double Std) Spread(Func<ExampleResult, double> value, bool population = false) =>
            Statistics.Spread(examples.Select(value), population);
        var (rmse, l2, linf, ssim) = (Spread(e => e.Rmse), Spread(e => e.DistanceL2), Spread(e => e.DistanceLinf), Spread(e => e.Ssim));
        var (before, after) = (Spread(e => e.SourceConfidence, population: true), Spread(e => e.Confidence, population: true));
        return new(rmse.Mean, rmse.Std, l2.Mean, l2.Std, linf.Mean, linf.Std, ssim.Mean,
            ssim.Std, before.Mean, before.Std, after.Mean, after.Std, warnings);
    }
}
