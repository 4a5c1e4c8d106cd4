using MiniGrad.Charts.Planes;
using MiniGrad.Charts.Plots;
using MiniGrad.Probes.Boundary;

namespace MiniGrad.Lab.Reproductions;

/// <summary>
/// The sign of G over the plane through a boundary point z that is spanned by the normal n there and by the part of z − x
/// orthogonal to it, around an image x and a perturbed one y.
/// </summary>
/// <param name="Title">For readers.</param>
/// <param name="Point">The boundary point.</param>
/// <param name="Values">G on the grid, row 0 at the lower end of the axis along n.</param>
/// <param name="Half">Half a side of the square, in pixel distance.</param>
/// <param name="X">The image, in the coordinates of the plane.</param>
/// <param name="Y">The perturbed image.</param>
internal sealed record BoundarySection(
    string Title, BoundaryPoint Point, double[][] Values, double Half, (double Along, double Normal) X, (double Along, double Normal) Y)
{
    /// <summary>Grid points of a side.</summary>
    public const int Side = 201;

    private const int Rows = 3;

    /// <summary>The section between an image and its PGD point; none if PGD does not change the class.</summary>
    public static BoundarySection? Of(CurvatureSubject subject, int index, long seed, CancellationToken cancellation)
    {
        Tensor x = subject.Images([index]);
        Tensor y = Perturbation.Pgd(subject.Epsilon).Of(subject, [index], [], seed, cancellation);
        if (new BoundarySearch().Decision(subject.Classifier, x, y) is not { } z) return null;
        BoundaryFrames frames = new([z.Competitor], AllowForeignLabel: true, AllowOutsideBox: true);
        BoundaryFrame frame = frames.Of(subject.Classifier, z.Point, [z.Current])[0];
        double[] normal = frame.Pairs[0].Normal;
        (double[] at, double[] from, double[] to) = (Doubles(z.Point), Doubles(x), Doubles(y));
        double[] along = Minus(at, from);
        double share = Dot(along, normal);
        along = [.. along.Select((v, k) => v - share * normal[k])];
        double length = Math.Sqrt(Dot(along, along));
        along = [.. along.Select(v => v / length)];
        (double, double) Place(double[] p) => (Dot(Minus(p, at), along), Dot(Minus(p, at), normal));
        ((double Along, double Normal) ax, (double Along, double Normal) ay) = (Place(from), Place(to));
        double half = 1.3 * new[] { ax.Along, ax.Normal, ay.Along, ay.Normal }.Max(Math.Abs);
        string title = $"{subject.Title}: {subject.Set.ClassNames[z.Current]} against {subject.Set.ClassNames[z.Competitor]}";
        return new(title, z, Grid(subject, z, along, normal, half), half, ax, ay);
    }

    public SectionPanel Panel()
    {
        ChartAxis Axis(string label) => new(label, "pixel distance", -Half, Half);
        double arrow = 0.35 * Half;
        return new(Title, Axis("along the boundary"), Axis("along its normal"), Values,
            [new("x", X.Along, X.Normal), new("y", Y.Along, Y.Normal), new("z", 0, 0)], new SectionArrow("n", 0, 0, 0, arrow));
    }

    private static double[][] Grid(CurvatureSubject subject, BoundaryPoint z, double[] along, double[] normal, double half)
    {
        double[][] values = new double[Side][];
        double[] at = Doubles(z.Point);
        for (int first = 0; first < Side; first += Rows)
        {
            int rows = Math.Min(Rows, Side - first);
            double[] points = new double[rows * Side * at.Length];
            for (int p = 0; p < rows * Side; p++)
            {
                double up = half * (2.0 * (first + p / Side) / (Side - 1) - 1);
                double right = half * (2.0 * (p % Side) / (Side - 1) - 1);
                Span<double> point = points.AsSpan(p * at.Length, at.Length);
                for (int k = 0; k < at.Length; k++) point[k] = at[k] + right * along[k] + up * normal[k];
            }
            Shape shape = z.Point.Shape.With(0, rows * Side);
            double[] logits = Arena.Step(() => Doubles(subject.Classifier.Logits(Tensor.From(points, shape))), _ => []);
            int classes = subject.Classifier.ClassCount;
            for (int r = 0; r < rows; r++)
            {
                values[first + r] = [.. Enumerable.Range(r * Side, Side)
                    .Select(p => logits[p * classes + z.Competitor] - logits[p * classes + z.Current])];
            }
        }
        return values;
    }

    private static double[] Doubles(Tensor x) => x.Detach().ToArray<double>();

    private static double[] Minus(double[] a, double[] b) => [.. a.Zip(b, (u, v) => u - v)];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (u, v) => u * v).Sum();
}
