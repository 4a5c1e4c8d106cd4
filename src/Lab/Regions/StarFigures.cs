using MiniGrad.Charts;
using MiniGrad.Charts.Planes;
using MiniGrad.Lab.Attacks;
using MiniGrad.Lab.Curvature;
using MiniGrad.Probes;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Regions;

/// <summary>The star of one source beside that of random directions.</summary>
internal static class StarFigures
{
    /// <summary>Lines that are shown of a source.</summary>
    private const int Shown = 30;

    public static IReportPart Of(StarWalks walks, StarShape star, ProbeImages input, Classifier classifier, double drop)
    {
        string source = input.ClassName(input.Labels[walks.Pairs.Source]);
        Tensor random = RandomEnds.Of(classifier, walks.Source, walks.Ends!, walks.Rng);
        StarPanel Panel(string title, StarLimb[] limbs, Func<int, string> name, Tensor ends) => new(
            title, source, Pictures.Of(walks.Source), [.. limbs.Take(Shown).Select(limb => new StarFigureLimb(
                name(limb.End), Pictures.Of(ends.TakeIndices(0, [limb.End])), limb.Confidence))], star.SourceConfidence - drop);
        return new StarFigure(
            $"Confidence of {source} on straight lines from image {input.Indices[walks.Pairs.Source]} to the ends of walks, and on lines "
            + "of the same lengths in random directions.",
            [
                Panel("to the ends of walks", star.Limbs,
                    end => input.ClassName(input.Labels[walks.Pairs.Targets[walks.Kept[end]]]), walks.Ends!),
                Panel("in random directions", star.Random, end => $"line {end + 1}", random),
            ], "Each end of a walk is named by the class of its target, which the network does not see in it.");
    }
}
