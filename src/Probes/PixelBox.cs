namespace MiniGrad.Probes;

/// <summary>The interval that pixels must lie in.</summary>
internal static class PixelBox
{
    /// <summary>Throws, naming the image and the value, unless all pixels of [N, …] lie in the box.</summary>
    public static void Check(Tensor images, double low, double high, string what)
    {
        Tensor pixels = images.Detach().Cast(DType.F64);
        // One number comes back to the host; the pixels only when there is one to name. A NaN is in no interval.
        if (pixels.Count == 0 || ((pixels >= low).Cast(DType.F32) * (pixels <= high).Cast(DType.F32)).Reshape(-1).Min(0).Item() == 1)
        {
            return;
        }
        double[] values = pixels.ToArray<double>();
        int size = (int)(images.Count / Math.Max(1, images.Shape[0]));
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] >= low && values[i] <= high) continue;
            Throw.Argument($"{what}: image {i / size} is outside the box [{low}, {high}]: pixel {i % size} is {values[i]:G9}. "
                + "Scale the pixels to the box.");
        }
    }
}
