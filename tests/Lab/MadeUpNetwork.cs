using MiniGrad.Lab.Curvature;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Probes;
using MiniGrad.Probes.Curvature;
using MiniGrad.Tests.Probes;

namespace MiniGrad.Tests.Lab;

/// <summary>Results of a network as if it had been measured: a network of three classes that behaves as one asks.</summary>
internal sealed record MadeUpNetwork
{
    private const int Spread = 24;

    public int Classes { get; init; } = 3;

    public bool IsSmooth { get; init; }

    /// <summary>Natural images, and as many perturbed ones.</summary>
    public int Images { get; init; } = 60;

    /// <summary>The mean κ̄ at boundary points, at images towards the class beyond, and at images towards all others.</summary>
    public (double Boundary, double Image, double Natural) Means { get; init; } = (-1, 1, 1);

    /// <summary>How far κ̄ of one image may lie from the mean.</summary>
    public double Noise { get; init; } = 0.1;

    /// <summary>By how much κ̄ of perturbed images lies above that of natural ones.</summary>
    public (double Pgd, double DeepFool, double Universal) Rise { get; init; } = (3, -3, -3);

    /// <summary>The nearness of the two largest logits at perturbed images; −1 at natural ones.</summary>
    public double Nearness { get; init; } = -1;

    /// <summary>Perturbed images whose class changed, and those among them whose former class has the highest κ̄.</summary>
    public (int Moved, int Found) Former { get; init; } = (60, 60);

    /// <summary>Of 24 principal curvatures those that are zero.</summary>
    public int Zeros { get; init; } = 20;

    /// <summary>K1 goes like this power of the step.</summary>
    public double Power { get; init; } = -1;

    /// <summary>By how much differences of a small step differ from exact κ̄, of its size.</summary>
    public double Error { get; init; } = 1e-4;

    public string Text() => string.Join('\n', Filled.Where(s => s.Paragraphs.Count > 0).Select(s => s.Text));

    public SubjectResult Result()
    {
        Shape shape = new([1, 5, 5]);
        Classifier classifier = new(ClosedForm.TwoLayer(shape, Classes).Logits, shape, Classes) { IsPiecewiseLinear = !IsSmooth };
        ScoredSet natural = Set(0, k => (0, Means.Natural + Jitter(k)), -1, k => false);
        List<DetectionResult> detection = [];
        foreach (Perturbation perturbation in Perturbation.All(0.1))
        {
            double rise = perturbation.Kind switch { "pgd" => Rise.Pgd, "deepfool" => Rise.DeepFool, _ => Rise.Universal };
            ScoredSet perturbed = Set(
                Images, k => (k < Former.Moved ? 1 : 0, Means.Natural + rise + Jitter(k + Images)), Nearness, k => k < Former.Found);
            detection.Add(new(perturbation, [(natural, perturbed)], 0, successfulOnly: false));
            detection.Add(new(perturbation, [(natural, perturbed)], 0, successfulOnly: true));
        }
        (double, double)[] boundary = [.. Enumerable.Range(0, 10).Select(k => (Means.Image + Jitter(k), Means.Boundary + Jitter(k + 10)))];
        double[] exact = [1, 2, 3, 4];
        MethodAgreement? agreement = IsSmooth ? new(exact, [("central, h = 0.001", [.. exact.Select(v => v * (1 + Error))])]) : null;
        SweepPoint[] sweep = [.. new[] { 1e-3, 1e-2, 0.1, 1 }.Select(h => new SweepPoint(h, 5 * Math.Pow(h, Power), 1))];
        return new(StudySubjects.Kinked with { Classifier = classifier }, Spectra(), null, detection, ([], []), boundary,
            natural.Scores, sweep, agreement, null);
    }

    private IEnumerable<FilledSection> Filled
    {
        get
        {
            FilledTemplate text = NetworkText.Of(Result());
            return ((string[])["signs", "told", "accuracy", "spectrum", "spectrum-note", "detection-note", "steps"]).Select(id => text[id]);
        }
    }

    private CurvatureRow[] Spectra()
    {
        double[] principal = [.. Enumerable.Range(0, Spread).Select(k => k < Zeros ? 0.0 : -1)];
        return [.. Enumerable.Range(0, 2).Select(k => Row(k, 0, 0, -1, false, principal))];
    }

    private double Jitter(int k) => Noise * (2 * new Rng(3).At("made up").At(k).Uniform(1)[0] - 1);

    /// <summary>Images of class 0 from a number on, with the class and the mean κ̄ that a function gives.</summary>
    private ScoredSet Set(int first, Func<int, (int Current, double Average)> of, double nearness, Func<int, bool> isFound)
    {
        CurvatureRow[] rows = [.. Enumerable.Range(0, Images)
            .Select(k => Row(first + k, of(k).Current, of(k).Average, nearness, isFound(k)))];
        return new([.. rows.Select(row => row.DataIndex)], new int[Images], rows);
    }

    /// <summary>One image; class 0 is the highest competitor or the lowest.</summary>
    private CurvatureRow Row(int image, int current, double average, double nearness, bool isFound, double[]? principal = null)
    {
        double Of(int competitor) => average + (competitor != 0 ? 0 : isFound ? 0.01 : -0.01);
        return new(image, image, 0, new(image, current, false, false,
            [.. Enumerable.Range(0, Classes).Where(c => c != current)
                .Select(c => new PairCurvature(c, nearness, 1, 24 * Of(c), Of(c), 0, false) { Principal = principal })]));
    }
}
