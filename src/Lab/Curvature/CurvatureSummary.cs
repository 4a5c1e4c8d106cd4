using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes.Curvature;

namespace MiniGrad.Lab.Curvature;

/// <summary>The totals of a curvature run; singular pairs are counted and left out of means.</summary>
internal sealed record CurvatureSummary(IReadOnlyList<CurvatureRow> Rows, int Sign)
{
    /// <summary>Whether differences were taken across kinks, so that they depend on the directions too.</summary>
    public bool IsOfKinks { get; init; }

    /// <summary>Whether averages are over random directions.</summary>
    public bool IsSampled { get; init; }

    private IEnumerable<CurvatureRow> Measured => Rows.Where(row => row.Missing is null);

    private IEnumerable<PairCurvature> Pairs => Measured.SelectMany(row => row.Result.Pairs).Where(p => !p.IsSingular);

    public int Missing => Rows.Count(row => row.Missing is not null);

    public int Singular => Measured.Sum(row => row.Result.Pairs.Count(p => p.IsSingular));

    /// <summary>What a reader must know before believing the numbers.</summary>
    public IEnumerable<string> Warnings()
    {
        if (Measured.Any(row => row.Result.PiecewiseLinear))
        {
            yield return "piecewise linear: the logits are piecewise linear in the image, "
                + "so their exact second derivatives are zero almost everywhere. Take --method central, or --softplus.";
        }
        if (Singular > 0)
        {
            yield return $"singular: {Singular} of {Measured.Sum(row => row.Result.Pairs.Length)} pairs have no gradient "
                + "and so no level set; they are left out of all means.";
        }
        int skewed = Pairs.Count(p => p.Asymmetry > PairCurvature.AsymmetryLimit);
        if (skewed > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"asymmetry: {skewed} of {Pairs.Count()} matrices were further than {PairCurvature.AsymmetryLimit} from symmetric (at "
                + $"most {Pairs.Max(p => p.Asymmetry):F2}): the step is too small, or the network has kinks within it.");
        }
        if (IsOfKinks && IsSampled)
        {
            yield return "sampled: differences across kinks are not linear in the direction, "
                + "so an average over random directions is another quantity than that over pixels, which --average trace and --full give.";
        }
        if (IsOfKinks && Pairs.Any(p => p.Extremes is not null))
        {
            yield return "lanczos: differences across kinks are the products of no matrix; "
                + "the ends of the spectrum and their residuals are a rough guide only. Take --full.";
        }
        int open = Pairs.Count(p => p.Extremes is { IsConverged: false });
        if (open > 0)
        {
            yield return $"lanczos: {open} of {Pairs.Count()} ends of spectra have not converged; their residuals bound the error. "
                + "Take more --lanczos-steps.";
        }
        int tied = Measured.Count(row => row.Result.IsTied);
        if (tied > 0) yield return $"ties: {tied} images have two largest logits; the lowest class counts.";
        if (Missing > 0) yield return $"missing: {Missing} of {Rows.Count} images have no boundary that DeepFool finds.";
    }

    public JsonObject ToJson()
    {
        double[] scores = [.. Measured.Select(row => Sign * row.Result.Score).Where(double.IsFinite)];
        double Mean(Func<PairCurvature, double> value) => Pairs.Select(value).DefaultIfEmpty(double.NaN).Average();
        JsonObject summary =
            JsonText.Of(new CurvatureTotals(RunFolder.Schema, "curvature", Sign > 0 ? "other-minus-current" : "current-minus-other",
            Rows.Count, Missing, Pairs.Count(), Singular, scores.DefaultIfEmpty(double.NaN).Average(), scores.Count(s => s < 0),
            Mean(p => p.GradientNorm), Mean(p => p.StandardError)));
        CurvatureProfile[] profiles =
            [.. Pairs.Where(p => p.Principal is not null).Select(p => CurvatureProfile.Of(Array.ConvertAll(p.Principal!, v => Sign * v)))];
        if (profiles.Length > 0)
        {
            summary.Add(JsonText.Of(new SpectrumTotals(
                profiles.Average(p => p.NearZeroShare), profiles.Average(p => p.NegativeShare), profiles.Average(p => p.Largest),
                profiles.Average(p => p.Smallest), profiles.Average(p => p.FrobeniusNorm), profiles.Average(p => p.Skewness))));
        }
        summary["warnings"] = JsonText.Array(Warnings());
        summary["text"] = Text(scores);
        return summary;
    }

    private string Text(double[] scores) =>
        scores.Length == 0 ? $"curvature: none of {Rows.Count} images has a result" : string.Create(CultureInfo.InvariantCulture,
        $"curvature: {scores.Length} {(scores.Length == 1 ? "image" : "images")}, "
        + $"{Pairs.Count()} {(Pairs.Count() == 1 ? "pair" : "pairs")}; mean κ̄ {scores.Average():G4} per unit of pixel distance, "
        + $"negative at {scores.Count(s => s < 0)} of {scores.Length} images");
}

/// <summary>The totals of a curvature run; means are over pairs that are not singular, that of averages over images.</summary>
internal sealed record CurvatureTotals(
    int Schema, string Probe, string Orientation, int Count, int Missing, int Pairs, int Singular, double AverageMean, int ImagesNegative,
    double GradientNormMean, double StandardErrorMean);

/// <summary>Means over the full spectra.</summary>
internal sealed record SpectrumTotals(
    double NearZeroShare, double NegativeShare, double LargestMean, double SmallestMean, double FrobeniusMean, double SkewnessMean);
