namespace MiniGrad.Data;

/// <summary>
/// Writes one digit: bends a skeleton, fits it into the frame and inks it. Uses only + − × ÷ and square roots, which
/// IEEE 754 rounds the same way on every machine, so the bytes are the same everywhere.
/// </summary>
internal sealed partial class DigitPen
{
    public const int Side = 28;

    /// <summary>Digits are fitted into this box, as in MNIST.</summary>
    private const double BoxSide = 20;

    private const int MaxPoints = 256;
    // An image of four strokes with fourteen anchors uses up to 232 draws.
    private const int DrawCount = 256;
    private const int LatticeSide = 5;

    private readonly uint[] draws = new uint[DrawCount];
    private readonly double[] anchorX = new double[32];
    private readonly double[] anchorY = new double[32];
    private readonly double[] tangentX = new double[32];
    private readonly double[] tangentY = new double[32];
    private readonly double[] x = new double[MaxPoints];
    private readonly double[] y = new double[MaxPoints];
    private readonly double[] radius = new double[MaxPoints];
    private readonly double[] ink = new double[MaxPoints];
    private readonly int[] strokeEnds = new int[4];
    private readonly double[] latticeX = new double[LatticeSide * LatticeSide];
    private readonly double[] latticeY = new double[LatticeSide * LatticeSide];
    private readonly double[] grey = new double[Side * Side];
    private int drawn;
    private int points;
    private int strokes;

    /// <summary>Writes the digit that this stream decides into 28 × 28 pixels.</summary>
    public void Write(Rng rng, int digit, Span<byte> pixels)
    {
        rng.Bits(draws);
        drawn = 0;
        DigitSkeleton[] variants = DigitSkeleton.Variants[digit];
        Trace(variants[(int)(Uniform() * variants.Length)]);
        Bend();
        Lean();
        double thickness = Math.Clamp(1.3 + 0.32 * Bell(), 0.75, 2.0);
        Fit(thickness);
        Press(thickness);
        Ink(softness: 1.1 + 0.5 * Uniform(), pixels);
    }

    private double Uniform() => draws[drawn++] * (1.0 / (1UL << 32));

    private double Between(double low, double high) => low + (high - low) * Uniform();

    /// <summary>Near to a standard normal number, from four uniform ones: no logarithm, and never beyond ±3.5.</summary>
    private double Bell()
    {
        double sum = Uniform() + Uniform() + Uniform() + Uniform();
        return (sum - 2) * 1.7320508075688772;
    }

    /// <summary>Shakes the anchors and lays a smooth curve through them.</summary>
    private void Trace(DigitSkeleton skeleton)
    {
        points = 0;
        strokes = 0;
        double shake = Between(0.015, 0.057);
        int start = 0;
        foreach (int end in skeleton.StrokeEnds)
        {
            double moveX = start == 0 ? 0 : 0.03 * Bell();
            double moveY = start == 0 ? 0 : 0.03 * Bell();
            for (int i = start; i < end; i++)
            {
                anchorX[i] = skeleton.X[i] + moveX + shake * Bell();
                anchorY[i] = skeleton.Y[i] + moveY + shake * Bell();
            }
            int from = start;
            for (int i = start + 1; i < end; i++)
            {
                if (i < end - 1 && !skeleton.IsCorner[i]) continue;
                Smooth(from, i);
                from = i;
            }
            Add(anchorX[end - 1], anchorY[end - 1]);
            strokeEnds[strokes++] = points;
            start = end;
        }
    }

    /// <summary>A cubic spline through the anchors first … last, with tangents of the parabola through each three.</summary>
    private void Smooth(int first, int last)
    {
        for (int i = first + 1; i < last; i++)
        {
            double before = Length(i - 1);
            double after = Length(i);
            double share = before / (before + after);
            tangentX[i] = share * (anchorX[i + 1] - anchorX[i]) / after + (1 - share) * (anchorX[i] - anchorX[i - 1]) / before;
            tangentY[i] = share * (anchorY[i + 1] - anchorY[i]) / after + (1 - share) * (anchorY[i] - anchorY[i - 1]) / before;
        }
        EndTangent(first, first, first + 1, last - first == 1);
        EndTangent(last, last - 1, last - 1, last - first == 1);
        for (int i = first; i < last; i++)
        {
            double length = Length(i);
            int steps = 1 + (int)(length * 14);
            for (int step = 0; step < steps; step++)
            {
                double t = (double)step / steps;
                double u = 1 - t;
                double p = u * u * (1 + 2 * t);
                double q = t * t * (1 + 2 * u);
                double a = u * u * t * length;
                double b = t * t * u * length;
                Add(
                    p * anchorX[i] + q * anchorX[i + 1] + a * tangentX[i] - b * tangentX[i + 1],
                    p * anchorY[i] + q * anchorY[i + 1] + a * tangentY[i] - b * tangentY[i + 1]);
            }
        }
    }

    /// <summary>A free end: no curvature there, or straight on when the whole piece is one line.</summary>
    private void EndTangent(int end, int segment, int neighbour, bool isLine)
    {
        double length = Length(segment);
        double chordX = (anchorX[segment + 1] - anchorX[segment]) / length;
        double chordY = (anchorY[segment + 1] - anchorY[segment]) / length;
        tangentX[end] = isLine ? chordX : 1.5 * chordX - 0.5 * tangentX[neighbour];
        tangentY[end] = isLine ? chordY : 1.5 * chordY - 0.5 * tangentY[neighbour];
    }

    private double Length(int segment)
    {
        double dx = anchorX[segment + 1] - anchorX[segment];
        double dy = anchorY[segment + 1] - anchorY[segment];
        return Math.Max(1e-3, Math.Sqrt(dx * dx + dy * dy));
    }

    private void Add(double px, double py)
    {
        x[points] = px;
        y[points++] = py;
    }

    /// <summary>Smooth elastic distortion: a random displacement field made of cubic B-splines.</summary>
    private void Bend()
    {
        double strength = Between(0.1, 0.38);
        for (int i = 0; i < latticeX.Length; i++)
        {
            latticeX[i] = strength * (2 * Uniform() - 1);
            latticeY[i] = strength * (2 * Uniform() - 1);
        }
        Span<double> across = stackalloc double[4];
        Span<double> down = stackalloc double[4];
        for (int i = 0; i < points; i++)
        {
            int column = Weights(x[i], across);
            int row = Weights(y[i], down);
            double dx = 0;
            double dy = 0;
            for (int r = 0; r < 4; r++)
            {
                for (int c = 0; c < 4; c++)
                {
                    int at = (row + r) * LatticeSide + column + c;
                    dx += down[r] * across[c] * latticeX[at];
                    dy += down[r] * across[c] * latticeY[at];
                }
            }
            x[i] += dx;
            y[i] += dy;
        }
    }

    private static int Weights(double at, Span<double> weights)
    {
        double scaled = Math.Clamp((at + 0.6) / 0.6, 0, 1.999);
        int cell = (int)scaled;
        double t = scaled - cell;
        double u = 1 - t;
        weights[0] = u * u * u / 6;
        weights[1] = (3 * t * t * t - 6 * t * t + 4) / 6;
        weights[2] = (3 * u * u * u - 6 * u * u + 4) / 6;
        weights[3] = t * t * t / 6;
        return cell;
    }

    /// <summary>Slant, width and rotation about ±12°, the angle through the tangent of its half.</summary>
    private void Lean()
    {
        double half = 0.06 * Bell();
        double cos = (1 - half * half) / (1 + half * half);
        double sin = 2 * half / (1 + half * half);
        double slant = -0.1 + 0.2 * Bell();
        double width = 1.06 + 0.18 * Bell();
        for (int i = 0; i < points; i++)
        {
            double px = width * x[i] + slant * y[i];
            double py = y[i];
            x[i] = cos * px - sin * py;
            y[i] = sin * px + cos * py;
        }
    }

    /// <summary>Scales to the box and moves the centre of the line to the centre of the image, nearly.</summary>
    private void Fit(double thickness)
    {
        double left = x[0];
        double right = x[0];
        double top = y[0];
        double bottom = y[0];
        double sumX = 0;
        double sumY = 0;
        double total = 0;
        int stroke = 0;
        for (int i = 0; i < points; i++)
        {
            left = Math.Min(left, x[i]);
            right = Math.Max(right, x[i]);
            top = Math.Min(top, y[i]);
            bottom = Math.Max(bottom, y[i]);
            if (i + 1 == strokeEnds[stroke])
            {
                stroke++;
                continue;
            }
            double dx = x[i + 1] - x[i];
            double dy = y[i + 1] - y[i];
            double length = Math.Sqrt(dx * dx + dy * dy);
            sumX += length * (x[i] + x[i + 1]);
            sumY += length * (y[i] + y[i + 1]);
            total += length;
        }
        double box = Between(0.9, 1.05) * BoxSide - 2 * thickness;
        double scale = box / Math.Max(bottom - top, right - left);
        double moveX = 0.5 * Side + 0.45 * Bell() - scale * 0.5 * sumX / total;
        double moveY = 0.5 * Side + 0.45 * Bell() - scale * 0.5 * sumY / total;
        // Room for the pen where it is pressed hardest, so that the frame cuts nothing off; the box is at most 21 wide.
        double margin = thickness + 2;
        moveX = Math.Clamp(moveX, margin - scale * left, Side - margin - scale * right);
        moveY = Math.Clamp(moveY, margin - scale * top, Side - margin - scale * bottom);
        for (int i = 0; i < points; i++)
        {
            x[i] = scale * x[i] + moveX;
            y[i] = scale * y[i] + moveY;
        }
    }
}
