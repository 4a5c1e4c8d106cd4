using MiniGrad.Probes.Curvature;

namespace MiniGrad.Probes.Boundary;

/// <summary>
/// Finds where the way from an image x to a point y crosses a boundary: the first sign change on a scan, then bisection,
/// then, if asked for, steps along the normal towards the nearest point of the surface.
/// </summary>
/// <param name="Scan">Intervals that are looked at before the first sign change is bisected.</param>
/// <param name="Halvings">The most bisections.</param>
/// <param name="Tolerance">Bisection ends when |G| is this share of the sum of its values at both ends.</param>
/// <param name="Polish">Newton steps along the normal, at most 3.</param>
public sealed record BoundarySearch(int Scan = 64, int Halvings = 60, double Tolerance = 1e-6, int Polish = 0)
{
    /// <summary>Throws, naming the first setting that makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting makes no sense.</exception>
    public void Check()
    {
        if (Scan < 1) Throw.Range($"boundary: a scan of {Scan} intervals; at least 1 is needed.");
        if (Halvings < 1) Throw.Range($"boundary: {Halvings} halvings; at least 1 is needed.");
        if (!(Tolerance > 0)) Throw.Range($"boundary: tolerance {Tolerance} must be positive.");
        if (Polish is < 0 or > 3) Throw.Range($"boundary: {Polish} polishing steps are outside 0 to 3.");
    }

    /// <summary>The crossing of the boundary between the current class and a given one; none if G has one sign all the way.</summary>
    /// <exception cref="ArgumentException">The two classes are the same one or no classes of the classifier.</exception>
    public BoundaryPoint? Pair(Classifier classifier, Tensor x, Tensor y, int current, int competitor)
    {
        if (current == competitor) Throw.Argument($"boundary: class {current} has no boundary with itself. Name another one.");
        classifier.CheckClasses([current, competitor], 2, "boundary");
        return Find(classifier, x, y, current, logits => logits[competitor] - logits[current] > 0, competitor);
    }

    /// <summary>
    /// The place where the predicted class changes from that of x; the competitor is the
    /// class on the far side. None if it never changes.
    /// </summary>
    public BoundaryPoint? Decision(Classifier classifier, Tensor x, Tensor y)
    {
        int current = Probes.Logits.Top(Logits(classifier, x)[0]);
        return Find(classifier, x, y, current, logits => Probes.Logits.Top(logits) != current, null);
    }

    private BoundaryPoint? Find(Classifier classifier, Tensor x, Tensor y, int current, Func<double[], bool> isOutside, int? competitor)
    {
        Check();
        (x, y) = (x.Detach(), y.Detach());
        if (x.Rank == 0 || x.Shape[0] != 1 || y.Shape != x.Shape)
        {
            Throw.Argument($"boundary: from {x.Shape} to {y.Shape}; both must be one image [1, ...] of one shape.");
        }
        Device home = x.Device;
        (x, y) = (x.To(classifier.Device), y.To(classifier.Device));
        double[][] scan = Scanned(classifier, x, y);
        bool[] outside = Array.ConvertAll(scan, logits => isOutside(logits));
        if (outside[0]) return null;
        int crossings = Enumerable.Range(0, Scan).Count(k => outside[k] != outside[k + 1]);
        int change = Array.IndexOf(outside, true);
        if (change < 0) return null;
        (double low, double high) = ((double)(change - 1) / Scan, (double)change / Scan);
        double[] far = scan[change];
        int rival = competitor ?? Probes.Logits.Top(far);
        double ends = Ends(scan, current, rival);
        double at = high;
        double margin = Margin(far, current, rival);
        int halvings = 0;
        while (halvings < Halvings && Math.Abs(margin) > Tolerance * ends)
        {
            double middle = (low + high) / 2;
            if (middle <= low || middle >= high) break;
            halvings++;
            double[] logits = Logits(classifier, Between(x, y, middle))[0];
            if (isOutside(logits))
            {
                high = middle;
                rival = competitor ?? Probes.Logits.Top(logits);
                ends = Ends(scan, current, rival);
            }
            else low = middle;
            (at, margin) = (middle, Margin(logits, current, rival));
        }
        Tensor z = Between(x, y, at);
        for (int step = 0; step < Polish; step++)
        {
            Tensor next = Towards(classifier, z, current, rival);
            // Where the gradient all but vanishes the step leads astray.
            if (!(Math.Abs(Margin(Logits(classifier, next)[0], current, rival)) <= Math.Abs(
                Margin(Logits(classifier, z)[0], current, rival))))
            {
                break;
            }
            z = next;
        }
        BoundaryPoint found = Describe(classifier, x, z, current, rival, ends, crossings, halvings);
        return found with { Point = found.Point.To(home) };
    }

    private static double Ends(double[][] scan, int current, int rival) =>
        Math.Abs(Margin(scan[0], current, rival)) + Math.Abs(Margin(scan[^1], current, rival));

    private double[][] Scanned(Classifier classifier, Tensor x, Tensor y)
    {
        double[] shares = [.. Enumerable.Range(0, Scan + 1).Select(k => (double)k / Scan)];
        Tensor t = Rows.Scale(shares, x);
        return Logits(classifier, x + (y - x) * t);
    }

    private BoundaryPoint Describe(
        Classifier classifier, Tensor x, Tensor z, int current, int rival, double ends, int crossings, int halvings)
    {
        double[] logits = Logits(classifier, z)[0];
        double margin = Margin(logits, current, rival);
        int[] best = [.. Enumerable.Range(0, logits.Length).OrderByDescending(c => logits[c]).Take(2).Order()];
        double[] way = BoundaryFrames.Doubles(z - x);
        double[] gradient = Gradient(classifier, z, current, rival);
        double distance = Math.Sqrt(TangentSpace.Dot(way, way));
        double steepness = Math.Sqrt(TangentSpace.Dot(gradient, gradient));
        double cosine = TangentSpace.Dot(way, gradient) / (distance * steepness);
        return new(z, current, rival, distance, margin, Math.Acos(Math.Clamp(cosine, -1, 1)) * 180 / Math.PI,
            best.SequenceEqual(new[] { current, rival }.Order()), Math.Abs(margin) <= Tolerance * ends, crossings, halvings);
    }

    /// <summary>One Newton step onto {G = 0} along the gradient.</summary>
    private static Tensor Towards(Classifier classifier, Tensor z, int current, int rival)
    {
        double margin = Margin(Logits(classifier, z)[0], current, rival);
        double[] gradient = Gradient(classifier, z, current, rival);
        double square = TangentSpace.Dot(gradient, gradient);
        if (square == 0) return z;
        return z - Tensor.From(gradient, z.Shape, z.Device).Cast(z.Type) * (margin / square);
    }

    private static double[] Gradient(Classifier classifier, Tensor z, int current, int rival)
    {
        PairFrame pair = new(rival, 0, [], 0, true);
        Tensor weights = new BoundaryFrame(current, false, [pair]).Weights(classifier.ClassCount, z.Type, z.Device);
        double[] gradient = BoundaryFrames.Doubles(HessianMethod.Gradient(classifier, z, weights));
        BoundaryFrames.CheckFinite(gradient, gradient.Length, "a gradient on the boundary", 0);
        return gradient;
    }

    private static double[][] Logits(Classifier classifier, Tensor points)
    {
        double[] all = Arena.Step(() => BoundaryFrames.Doubles(classifier.Logits(points)), _ => []);
        BoundaryFrames.CheckFinite(all, all.Length, "a logit on the way to the boundary", 0);
        int classes = all.Length / points.Shape[0];
        return [.. Enumerable.Range(0, points.Shape[0]).Select(k => all[(k * classes)..((k + 1) * classes)])];
    }

    private static Tensor Between(Tensor x, Tensor y, double t) => x + (y - x) * t;

    private static double Margin(double[] logits, int current, int rival) => logits[rival] - logits[current];
}

/// <summary>A point on a boundary.</summary>
/// <param name="Point">The point z, [1, …].</param>
/// <param name="Current">The class it was reached from.</param>
/// <param name="Competitor">The class beyond.</param>
/// <param name="Distance">‖z − x‖.</param>
/// <param name="Margin">G at z, what is left of it.</param>
/// <param name="AngleDegrees">Between z − x and the normal: 0 if z is the nearest point of a smooth boundary.</param>
/// <param name="IsActive">Whether the two classes have the two largest logits; otherwise no decision changes here.</param>
/// <param name="IsWithinTolerance">Whether |G| came below the tolerance: a step of G cannot, nor can single precision always.</param>
/// <param name="Crossings">Sign changes on the scan; the first was taken.</param>
/// <param name="Halvings">Bisections that were made.</param>
public sealed record BoundaryPoint(
    Tensor Point, int Current, int Competitor, double Distance, double Margin,
    double AngleDegrees, bool IsActive, bool IsWithinTolerance, int Crossings, int Halvings);
