namespace MiniGrad.Lab.Checks;

/// <summary>
/// An operation whose derivatives can be checked: a function of tensors of the given shapes, which are filled with
/// numbers from <paramref name="Low"/> to <paramref name="High"/>, where the function is smooth but for single points.
/// </summary>
internal sealed record GradCheckEntry(string Name, Func<Tensor[], Tensor> Function, double Low, double High, params Shape[] Shapes)
{
    /// <summary>A random point of the domain in F64.</summary>
    public Tensor[] Point(long seed, Device? device = null)
    {
        Rng rng = new Rng(seed).At("gradcheck").At(Name);
        Tensor[] point = new Tensor[Shapes.Length];
        for (int i = 0; i < point.Length; i++)
        {
            float[] draws = rng.At(i).Uniform(checked((int)Shapes[i].Count));
            point[i] = Tensor.From(Array.ConvertAll(draws, u => Low + (High - Low) * u), Shapes[i], device);
        }
        return point;
    }
}
