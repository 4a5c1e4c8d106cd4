namespace MiniGrad.Kernels.Reference;

internal sealed partial class ReferenceBackend
{
    public override void Conv(in ConvShape shape, in View x, in View w, in Epilogue epilogue, in View y)
    {
        double[] image = Read(x);
        double[] weights = Read(w);
        double[] result = new double[y.Shape.Count];
        foreach ((int o, int i, int t) in Products(shape)) result[o] += image[i] * weights[t];
        (int pixels, int filters) = (shape.OutPixels, shape.Filters);
        Write(y, Finished(result, epilogue, i => i / pixels % filters));
    }

    public override void ConvInput(in ConvShape shape, in View g, in View w, in Epilogue epilogue, in View dx)
    {
        double[] gradient = Read(g);
        double[] weights = Read(w);
        double[] result = new double[dx.Shape.Count];
        foreach ((int o, int i, int t) in Products(shape)) result[i] += gradient[o] * weights[t];
        Write(dx, Finished(result, epilogue, _ => 0));
    }

    public override void ConvWeight(in ConvShape shape, in View x, in View g, in View dw)
    {
        double[] image = Read(x);
        double[] gradient = Read(g);
        double[] result = new double[dw.Shape.Count];
        foreach ((int o, int i, int t) in Products(shape)) result[t] += gradient[o] * image[i];
        Write(dw, result);
    }

    /// <summary>Every product of a convolution, as places in output, input and weights.</summary>
    private static IEnumerable<(int Output, int Input, int Weight)> Products(ConvShape s)
    {
        for (int n = 0; n < s.Batch; n++)
        {
            for (int f = 0; f < s.Filters; f++)
            {
                int group = f / s.GroupFilters;
                for (int oy = 0; oy < s.OutHeight; oy++)
                {
                    for (int ox = 0; ox < s.OutWidth; ox++)
                    {
                        int output = ((n * s.Filters + f) * s.OutHeight + oy) * s.OutWidth + ox;
                        for (int tap = 0; tap < s.Taps; tap++)
                        {
                            int c = tap / (s.KernelHeight * s.KernelWidth);
                            int iy = oy * s.StrideY - s.PadY + tap / s.KernelWidth % s.KernelHeight * s.DilationY;
                            int ix = ox * s.StrideX - s.PadX + tap % s.KernelWidth * s.DilationX;
                            if (iy < 0 || iy >= s.Height || ix < 0 || ix >= s.Width) continue;
                            int channel = group * s.GroupChannels + c;
                            yield return (output, ((n * s.Channels + channel) * s.Height + iy) * s.Width + ix, f * s.Taps + tap);
                        }
                    }
                }
            }
        }
    }

    public override void MaxPool(in PoolShape shape, in View x, in View y, in View positions)
    {
        double[] image = Read(x);
        double[] result = new double[y.Shape.Count];
        double[] places = new double[y.Shape.Count];
        int area = shape.OutHeight * shape.OutWidth;
        for (int o = 0; o < result.Length; o++)
        {
            int plane = o / area * shape.Height * shape.Width;
            int best = -1;
            for (int tap = 0; tap < shape.KernelY * shape.KernelX; tap++)
            {
                int iy = o % area / shape.OutWidth * shape.StrideY - shape.PadY + tap / shape.KernelX * shape.DilationY;
                int ix = o % shape.OutWidth * shape.StrideX - shape.PadX + tap % shape.KernelX * shape.DilationX;
                if (iy < 0 || iy >= shape.Height || ix < 0 || ix >= shape.Width) continue;
                int place = iy * shape.Width + ix;
                if (best < 0 || image[plane + place] > image[plane + best] || double.IsNaN(image[plane + place])) best = place;
            }
            places[o] = best;
            result[o] = image[plane + best];
        }
        Write(y, result);
        Write(positions, places);
    }

    public override void AveragePool(PoolWindows windows, in View x, in View y)
    {
        double[] image = Read(x);
        double[] result = new double[y.Shape.Count];
        foreach ((int o, int i, double share) in Shares(windows, result.Length)) result[o] += image[i] * share;
        Write(y, result);
    }

    public override void AveragePoolAdjoint(PoolWindows windows, in View g, in View dx)
    {
        double[] gradient = Read(g);
        double[] result = new double[dx.Shape.Count];
        foreach ((int o, int i, double share) in Shares(windows, gradient.Length)) result[i] += gradient[o] * share;
        Write(dx, result);
    }

    private static IEnumerable<(int Output, int Input, double Share)> Shares(PoolWindows windows, int outputs)
    {
        int area = windows.Y.Count * windows.X.Count;
        for (int o = 0; o < outputs; o++)
        {
            int plane = o / area * windows.Height * windows.Width;
            int i = o % area / windows.X.Count;
            int j = o % windows.X.Count;
            for (int r = windows.Y.Begin[i]; r < windows.Y.End[i]; r++)
            {
                for (int s = windows.X.Begin[j]; s < windows.X.End[j]; s++)
                {
                    yield return (o, plane + r * windows.Width + s, 1 / (windows.Y.Length[i] * windows.X.Length[j]));
                }
            }
        }
    }
}
