using MiniGrad.Lab.Curvature;
using MiniGrad.Probes.Curvature;

namespace MiniGrad.Lab.Reproductions;

/// <summary>All that was measured of one network.</summary>
/// <param name="Subject">The network and its images.</param>
/// <param name="Spectra">Whole spectra of images of one predicted class.</param>
/// <param name="Section">A cut through a boundary.</param>
/// <param name="Detection">For every perturbation twice: all images, then those whose class changed.</param>
/// <param name="Paired">The scores of the first repetition's perturbed images before and after the study's PGD.</param>
/// <param name="Boundary">κ̄ towards the class beyond the nearest boundary point, at natural images and at these points.</param>
/// <param name="NaturalScores">The mean κ̄ over all competitors at natural images.</param>
/// <param name="Sweep">Differences of several steps at one image.</param>
/// <param name="Agreement">Exact derivatives beside differences, of smooth networks.</param>
/// <param name="Profile">The principal curvatures at the boundary point nearest to one image.</param>
internal sealed record SubjectResult(
    CurvatureSubject Subject, CurvatureRow[] Spectra, BoundarySection? Section, IReadOnlyList<DetectionResult> Detection,
    (double[] Natural, double[] Perturbed) Paired, IReadOnlyList<(double Image, double Boundary)> Boundary, double[] NaturalScores,
    SweepPoint[] Sweep, MethodAgreement? Agreement, double[]? Profile)
{
    /// <summary>The competitors of the spectra, in order.</summary>
    public int[] Competitors => [.. Spectra[0].Result.Pairs.Select(p => p.Competitor)];

    /// <summary>The mean spectrum towards each competitor over the images.</summary>
    public double[][] MeanSpectra => [.. Enumerable.Range(0, Competitors.Length)
        .Select(j => Mean([.. Spectra.Select(row => row.Result.Pairs[j]).Where(p => !p.IsSingular).Select(p => p.Principal!)]))];

    /// <summary>Profiles of every spectrum.</summary>
    public CurvatureProfile[] Profiles =>
        [.. Spectra.SelectMany(row => row.Result.Pairs).Where(p => !p.IsSingular).Select(p => CurvatureProfile.Of(p.Principal!))];

    /// <summary>The mean κ̄ towards the class beyond the nearest boundary point, at the images.</summary>
    public double AtImage => Boundary.Select(p => p.Image).DefaultIfEmpty(double.NaN).Average();

    /// <summary>The same at the boundary points.</summary>
    public double AtBoundary => Boundary.Select(p => p.Boundary).DefaultIfEmpty(double.NaN).Average();

    /// <summary>The mean of the natural scores.</summary>
    public double NaturalScore => NaturalScores.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    /// <summary>The share of boundary points where it is negative.</summary>
    public double BoundaryNegative => Boundary.Select(p => p.Boundary < 0 ? 1.0 : 0).DefaultIfEmpty(double.NaN).Average();

    /// <summary>κ̄ of every pair of the spectra.</summary>
    public double[] Averages => [.. Spectra.SelectMany(row => row.Result.Pairs).Where(p => !p.IsSingular).Select(p => p.Average)];

    /// <summary>The study's experiment: PGD, with all images or with those whose class changed.</summary>
    public DetectionResult Pgd(bool successfulOnly = false) =>
        Detection.First(d => d.Perturbation.Kind == "pgd" && d.IsOfSuccesses == successfulOnly);

    public static double[] Mean(IReadOnlyList<double[]> spectra) =>
        spectra.Count == 0 ? [] : [.. Enumerable.Range(0, spectra[0].Length).Select(k => spectra.Average(s => s[k]))];
}
