namespace MiniGrad.Probes.Directions;

/// <summary>How far a half-line is from an image to where the prediction first changes, for one half-line.</summary>
/// <param name="number">The number of the ray.</param>
/// <param name="image">The number of the image.</param>
/// <param name="direction">The direction [d].</param>
/// <param name="sign">Which half of the line: 1 or −1.</param>
/// <param name="start">The first length that is looked at.</param>
/// <param name="longest">Nothing is looked for beyond this length.</param>
internal sealed class Ray(int number, int image, double[] direction, int sign, double start, double longest)
{
    private const double Growth = 1.2;
    private const int Halvings = 40;
    private const int ScanSteps = 1000;

    private Phase phase = Phase.Grow;
    private double low;
    private double high;
    private double next = Math.Min(start, longest);
    private double scanned;
    private bool wasBeyond;
    private int count;

    private enum Phase
    {
        Grow,
        Halve,
        Scan,
        Ended,
    }

    public int Number => number;

    public int Image => image;

    public double[] Direction => direction;

    /// <summary>Whether a scan in equal steps follows, of twice the length that was found, or of this length.</summary>
    public (bool IsWanted, double? Length) Scan { get; init; }

    public bool HasEnded => phase == Phase.Ended;

    /// <summary>The multiple of the direction to look at next.</summary>
    public double Next => sign * (phase switch
    {
        Phase.Grow => next,
        Phase.Halve => (low + high) / 2,
        _ => scanned * (count + 1) / ScanSteps,
    });

    /// <summary>The length of the first crossing that was found; infinite where there is none.</summary>
    public double Length { get; private set; } = double.PositiveInfinity;

    /// <summary>The multiple of the direction that the length stands for.</summary>
    public double Factor => sign * Length;

    /// <summary>How often a scan saw the prediction change, back to the first class included.</summary>
    public int Crossings { get; private set; }

    /// <summary>Goes on from whether the prediction at <see cref="Next"/> is another one than at the image.</summary>
    public void Saw(bool isBeyond)
    {
        if (phase == Phase.Grow) Grow(isBeyond);
        else if (phase == Phase.Halve) Halve(isBeyond);
        else Look(isBeyond);
    }

    private void Grow(bool isBeyond)
    {
        if (isBeyond) (high, phase, count) = (next, Phase.Halve, 0);
        else if (next >= longest) AfterHalving();
        else (low, next) = (next, Math.Min(next * Growth, longest));
    }

    private void Halve(bool isBeyond)
    {
        double middle = (low + high) / 2;
        if (isBeyond) high = middle;
        else low = middle;
        if (++count < Halvings) return;
        Length = Math.Min(Length, high);
        AfterHalving();
    }

    private void AfterHalving()
    {
        // A scan that has been made leads here a second time.
        if (!Scan.IsWanted || scanned > 0)
        {
            phase = Phase.Ended;
            return;
        }
        (phase, count) = (Phase.Scan, 0);
        scanned = Scan.Length ?? (double.IsFinite(Length) ? 2 * Length : longest);
    }

    private void Look(bool isBeyond)
    {
        count++;
        if (isBeyond != wasBeyond && ++Crossings == 1)
        {
            (low, high) = (scanned * (count - 1) / ScanSteps, scanned * count / ScanSteps);
        }
        wasBeyond = isBeyond;
        if (count < ScanSteps) return;
        if (Crossings == 0) phase = Phase.Ended;
        else (phase, count) = (Phase.Halve, 0);
    }
}

/// <summary>Follows many rays at once: whenever one has ended, another takes its place, so that passes stay full.</summary>
/// <param name="Classifier">The network.</param>
/// <param name="Images">The images [N, …] that rays start from.</param>
/// <param name="Classes">The class that each is predicted as.</param>
/// <param name="Clip">Whether points are clipped into the pixel box.</param>
internal sealed record LineSearch(Classifier Classifier, Tensor Images, int[] Classes, bool Clip)
{
    /// <summary>The number of the first image in its whole run, for errors.</summary>
    public int First { get; init; }

    private readonly double[] pixels = Images.Detach().Cast(DType.F64).ToArray<double>();
    private readonly int size = (int)Classifier.InputShape.Count;

    /// <summary>Brings all rays to their end, so many at a time, which changes no bit of any, and tells of each that has ended.</summary>
    public void Follow(IEnumerable<Ray> rays, int together, Action<Ray> ended, CancellationToken cancellation)
    {
        using IEnumerator<Ray> waiting = rays.GetEnumerator();
        List<Ray> open = [];
        double[] points = new double[(long)together * size];
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            while (open.Count < together && waiting.MoveNext()) open.Add(waiting.Current);
            if (open.Count == 0) return;
            for (int k = 0; k < open.Count; k++) Point(open[k], open[k].Next, points.AsSpan(k * size, size));
            int[] predicted = Arena.Step(() => Predict(points.AsSpan(0, open.Count * size), open), _ => []);
            for (int k = 0; k < open.Count; k++) open[k].Saw(predicted[k] != Classes[open[k].Image]);
            foreach (Ray ray in open.Where(ray => ray.HasEnded)) ended(ray);
            open.RemoveAll(ray => ray.HasEnded);
        }
    }

    /// <summary>The change of the image at the end of a ray; infinite where it has none.</summary>
    public double[] Change(Ray ray)
    {
        double[] change = new double[size];
        if (double.IsInfinity(ray.Length))
        {
            Array.Fill(change, double.PositiveInfinity);
            return change;
        }
        Point(ray, ray.Factor, change);
        for (int i = 0; i < size; i++) change[i] -= pixels[(long)ray.Image * size + i];
        return change;
    }

    private void Point(Ray ray, double factor, Span<double> point)
    {
        ReadOnlySpan<double> from = pixels.AsSpan(ray.Image * size, size);
        for (int i = 0; i < size; i++) point[i] = from[i] + factor * ray.Direction[i];
        if (!Clip) return;
        for (int i = 0; i < size; i++) point[i] = Math.Clamp(point[i], Classifier.Low, Classifier.High);
    }

    private int[] Predict(ReadOnlySpan<double> points, List<Ray> open)
    {
        Tensor x = Tensor.From(points, [open.Count, .. Classifier.InputShape.ToArray()], Classifier.Device).Cast(Images.Type);
        Tensor logits = Classifier.Logits(x);
        using RowBuffer<double> z = Rows.Read(logits);
        int classes = logits.Shape[1];
        int[] predicted = new int[open.Count];
        for (int k = 0; k < predicted.Length; k++)
        {
            ReadOnlySpan<double> line = z.Span.Slice(k * classes, classes);
            if (!Logits.AreFinite(line))
            {
                throw new NumericalException(
                    $"directions: the logits of image {First + open[k].Image} are not finite {Math.Abs(open[k].Next):G4} along a line.");
            }
            predicted[k] = Logits.Top(line);
        }
        return predicted;
    }
}
