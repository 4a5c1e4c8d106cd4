namespace MiniGrad.Kernels.Reference;

internal sealed partial class ReferenceBackend
{
    public override void Uniform(in View keys, in View y)
    {
        double[] words = Read(keys);
        int n = y.Shape[1];
        double[] result = new double[y.Shape.Count];
        for (int row = 0; row < y.Shape[0]; row++)
        {
            float[] drawn = new Rng((uint)(int)words[2 * row], (uint)(int)words[2 * row + 1]).Uniform(n);
            for (int i = 0; i < n; i++) result[row * n + i] = drawn[i];
        }
        Write(y, result);
    }
}
