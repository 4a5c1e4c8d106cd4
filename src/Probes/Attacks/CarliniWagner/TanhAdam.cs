namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Images as tanh of free numbers, which keeps them in the box, and Adam in these numbers; each row has its own clock. Carlini and
/// Wagner, arXiv:1608.04644; Kingma and Ba, arXiv:1412.6980.
/// </summary>
/// <param name="Free">The free numbers w; the image is low + (tanh w + 1)/2 · (high − low).</param>
/// <param name="Mean">The running mean of gradients.</param>
/// <param name="Square">The running mean of their squares.</param>
/// <param name="Clock">Steps of each row since it started.</param>
public readonly record struct TanhAdam(Tensor Free, Tensor Mean, Tensor Square, int[] Clock)
{
    private const double MeanDecay = 0.9;
    private const double SquareDecay = 0.999;
    private const double Least = 1e-8;

    /// <summary>Pixels at the border of the box would be infinitely far away.</summary>
    private const double Inside = 1 - 1e-6;

    internal IEnumerable<Tensor> Tensors => [Free, Mean, Square];

    /// <summary>Rows that start at these free numbers.</summary>
    internal static TanhAdam At(Tensor free)
    {
        Tensor still = Ops.Zeros(free.Shape, free.Type, free.Device);
        return new(free, still, still, new int[free.Shape[0]]);
    }

    /// <summary>The free numbers of images, a millionth inside the box.</summary>
    internal static Tensor FreeOf(Tensor images, Classifier box)
    {
        Tensor unit = ((images.Cast(DType.F64) - box.Low) * (2 / (box.High - box.Low)) - 1) * Inside;
        return (((1 + unit) / (1 - unit)).Log() * 0.5).Cast(images.Type);
    }

    /// <summary>What is added to the clean images, and its slope in the free numbers.</summary>
    internal (Tensor Shift, Tensor Slope) Shift(Tensor clean, Classifier box)
    {
        double half = (box.High - box.Low) / 2;
        Tensor unit = Free.Tanh();
        return ((unit + 1) * half + box.Low - clean, (1 - unit.Square()) * half);
    }

    /// <summary>One step of Adam down a gradient.</summary>
    internal TanhAdam Step(Tensor gradient, double rate)
    {
        Tensor mean = Mean * MeanDecay + gradient * (1 - MeanDecay);
        Tensor square = Square * SquareDecay + gradient.Square() * (1 - SquareDecay);
        int[] clock = Array.ConvertAll(Clock, t => t + 1);
        using RowBuffer<double> rates = new(clock.Length);
        using RowBuffer<double> scales = new(clock.Length);
        for (int i = 0; i < clock.Length; i++)
        {
            rates[i] = rate / (1 - Math.Pow(MeanDecay, clock[i]));
            scales[i] = 1 / (1 - Math.Pow(SquareDecay, clock[i]));
        }
        Tensor step = mean * Rows.Scale(rates.Span, mean) / ((square * Rows.Scale(scales.Span, square)).Sqrt() + Least);
        return new(Free - step, mean, square, clock);
    }

    /// <summary>Starts some of the rows again.</summary>
    internal TanhAdam Restart(ReadOnlySpan<bool> rows, Tensor free)
    {
        if (!rows.Contains(true)) return this;
        TanhAdam fresh = At(free);
        int[] clock = [.. Clock];
        for (int i = 0; i < clock.Length; i++) clock[i] = rows[i] ? 0 : clock[i];
        return new(Rows.Choose(rows, free, Free), Rows.Choose(rows, fresh.Mean, Mean), Rows.Choose(rows, fresh.Square, Square), clock);
    }

    internal TanhAdam Take(int[] rows)
    {
        int[] clock = Clock;
        return new(
            Free.TakeIndices(0, rows), Mean.TakeIndices(0, rows), Square.TakeIndices(0, rows), Array.ConvertAll(rows, i => clock[i]));
    }
}
