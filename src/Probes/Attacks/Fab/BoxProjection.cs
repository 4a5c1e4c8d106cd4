namespace MiniGrad.Probes.Attacks;

/// <summary>
/// The shortest step δ, in one of three norms, that leads from x to the hyperplane ⟨w, x + δ⟩ + b = 0 without leaving the pixel box:
/// L2 δᵢ = clip(λ wᵢ), L∞ δᵢ = clip(λ sign wᵢ), L1 the pixels of the largest |wᵢ| as far as they can go. The value is monotone in λ
/// and linear between the places where a pixel meets the box: these are sorted, and the piece that holds the zero is solved. Croce and
/// Hein, arXiv:1907.02044.
/// </summary>
internal static class BoxProjection
{
    /// <summary>
    /// Writes the step. Where the box does not meet the hyperplane, it is the one to the corner that comes nearest to it; returns
    /// whether it does.
    /// </summary>
    /// <param name="norm">What is kept small: an L2, L∞ or L1 ball of any radius.</param>
    /// <param name="x">A point of the box.</param>
    /// <param name="w">The normal.</param>
    /// <param name="value">⟨w, x⟩ + b.</param>
    /// <param name="box">The smallest and the largest pixel value.</param>
    /// <param name="step">δ.</param>
    public static bool Step(
        Threat norm, ReadOnlySpan<double> x, ReadOnlySpan<double> w, double value, (double Low, double High) box, Span<double> step)
    {
        step.Clear();
        if (value == 0) return true;
        double side = value > 0 ? -1 : 1;
        using RowBuffer<double> keys = new(x.Length);
        using RowBuffer<Pixel> pixels = new(x.Length);
        (int count, double reach) = (0, 0);
        for (int i = 0; i < x.Length; i++)
        {
            double slope = Math.Abs(w[i]);
            double room = side * w[i] > 0 ? box.High - x[i] : x[i] - box.Low;
            if (!(slope > 0 && room > 0)) continue;
            keys[count] = norm is L2 ? room / slope : norm is Linf ? room : -slope;
            pixels[count++] = new(i, slope, room);
            reach += slope * room;
        }
        bool isMet = Math.Abs(value) <= reach;
        Span<Pixel> sorted = pixels.Span[..count];
        if (isMet)
        {
            keys.Span[..count].Sort(sorted);
            if (norm is L1) Greedy(sorted, Math.Abs(value), step);
            else Level(sorted, keys.Span[..count], Math.Abs(value), norm is L2, step);
        }
        else
        {
            foreach (Pixel pixel in sorted) step[pixel.Index] = pixel.Room;
        }
        foreach (Pixel pixel in sorted) step[pixel.Index] *= side * Math.Sign(w[pixel.Index]);
        return isMet;
    }

    /// <summary>The length of a step in the norm of a ball.</summary>
    public static double Length(Threat norm, ReadOnlySpan<double> step)
    {
        double length = 0;
        foreach (double size in step)
        {
            length = norm is Linf ? Math.Max(length, Math.Abs(size)) : length + (norm is L2 ? size * size : Math.Abs(size));
        }
        return norm is L2 ? Math.Sqrt(length) : length;
    }

    /// <summary>Whether the ball is of one of the three norms.</summary>
    public static bool Knows(Threat norm) => norm is L2 or Linf or L1;

    /// <summary>Each pixel by the same λ, or λ times its slope, as far as the box lets it: the λ at which the sum is reached.</summary>
    private static void Level(ReadOnlySpan<Pixel> pixels, ReadOnlySpan<double> ends, double wanted, bool isL2, Span<double> step)
    {
        // Summed from the far end: a difference of sums would lose the last pixels that are free.
        using RowBuffer<double> free = new(pixels.Length + 1);
        for (int k = pixels.Length - 1; k >= 0; k--) free[k] = free[k + 1] + pixels[k].Slope * (isL2 ? pixels[k].Slope : 1);
        (double filled, double level) = (0, double.PositiveInfinity);
        for (int k = 0; k < pixels.Length; k++)
        {
            if (filled + free[k] * ends[k] >= wanted)
            {
                level = Math.Max(0, wanted - filled) / free[k];
                break;
            }
            filled += pixels[k].Slope * pixels[k].Room;
        }
        foreach (Pixel pixel in pixels) step[pixel.Index] = Math.Min(pixel.Room, level * (isL2 ? pixel.Slope : 1));
    }

    private static void Greedy(ReadOnlySpan<Pixel> steepest, double wanted, Span<double> step)
    {
        foreach (Pixel pixel in steepest)
        {
            double gain = pixel.Slope * pixel.Room;
            step[pixel.Index] = gain < wanted ? pixel.Room : wanted / pixel.Slope;
            wanted -= gain;
            if (wanted <= 0) return;
        }
    }

    /// <summary>A pixel that helps: how much its change does, and how far it can go.</summary>
    private readonly record struct Pixel(int Index, double Slope, double Room);
}
