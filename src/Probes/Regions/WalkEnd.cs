using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Detection;

namespace MiniGrad.Probes.Regions;

/// <summary>How a rate counts the walks from sources that the network gets wrong, which are not made.</summary>
internal enum WrongSources
{
    /// <summary>They are in no count: the corrected rate.</summary>
    Excluded,

    /// <summary>They are successes: the published tables, whose code gives them a distance of −1.</summary>
    Succeed,

    /// <summary>They are failures.</summary>
    Fail,
}

/// <summary>
/// What a success rate needs to know of a walk: the classes of its source and target images, and its distance to the target at the
/// end, which is infinite where the confidence was not kept.
/// </summary>
/// <param name="IsWrong">Whether the network gets the source wrong.</param>
internal readonly record struct WalkEnd(int SourceClass, int TargetClass, double Distance, bool IsWrong = false)
{
    /// <summary>
    /// The end of an example with its distance to the target, in any measure; nothing for pairs that no rate includes: those of one
    /// class, and walks that met logits that are not finite or were interrupted.
    /// </summary>
    public static WalkEnd? Of(Traversal walk, ExampleResult example, int targetClass, double distance)
    {
        bool isWrong = example.Status == ExampleStatus.SourceMisclassified;
        if (!isWrong && !example.Counts) return null;
        bool isKept = example.Status != ExampleStatus.InitFailed && walk.Keeps(example);
        return new(example.SourceClass, targetClass, isKept ? distance : double.PositiveInfinity, isWrong);
    }

    /// <summary>Whether it arrived: nearer than the threshold, as LPIPS is counted, or at most as far, as RMSE is.</summary>
    public bool IsWithin(double threshold, bool orAt) => Distance < threshold || (orAt && Distance == threshold);
}

/// <summary>Successes among walks, with the 95 % interval of their share; a share of nothing is NaN.</summary>
internal readonly record struct SuccessShare(int Successes, int Count)
{
    public double Rate => Count == 0 ? double.NaN : (double)Successes / Count;

    /// <summary>Walks that share a target or a source count as independent, so it is rather too narrow.</summary>
    public WilsonInterval Interval => WilsonInterval.Of(Successes, Count);

    public static SuccessShare operator +(SuccessShare a, SuccessShare b) => new(a.Successes + b.Successes, a.Count + b.Count);

    /// <summary>One walk at a threshold.</summary>
    public static SuccessShare Of(WalkEnd end, double threshold, WrongSources wrong, bool orAt)
    {
        if (!(threshold > 0)) Throw.Range($"success: threshold {threshold} must be positive.");
        if (double.IsNaN(end.Distance) && !end.IsWrong)
        {
            Throw.Argument($"success: a walk from class {end.SourceClass} to {end.TargetClass} has a distance of NaN. Leave it out.");
        }
        if (!end.IsWrong) return new(end.IsWithin(threshold, orAt) ? 1 : 0, 1);
        return wrong == WrongSources.Excluded ? default : new(wrong == WrongSources.Succeed ? 1 : 0, 1);
    }
}
