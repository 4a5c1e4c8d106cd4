namespace MiniGrad;

/// <summary>Second derivatives of scalar functions and Jacobians of vector ones.</summary>
public static class Hessian
{
    /// <summary>∇²f(x) · v, as the tangent of the gradient (Pearlmutter, Neural Computation 1994).</summary>
    /// <exception cref="ArgumentException">The result of f is not a scalar.</exception>
    public static Tensor Times(Func<Tensor, Tensor> f, Tensor x, Tensor v, bool record = false)
    {
        Tensor leaf = x.Tracked();
        using (Recording.On())
        {
            Tensor gradient = Gradient.Of(f(leaf), leaf, record: true);
            return Tangent.Of(gradient, leaf, v, record);
        }
    }

    /// <summary>The same product as the gradient of ⟨∇f(x), v⟩: a check on the other way, and cheaper for no operation.</summary>
    /// <exception cref="ArgumentException">The result of f is not a scalar.</exception>
    public static Tensor TimesByReverse(Func<Tensor, Tensor> f, Tensor x, Tensor v)
    {
        Tensor leaf = x.Tracked();
        using (Recording.On())
        {
            Tensor gradient = Gradient.Of(f(leaf), leaf, record: true);
            return Gradient.Of((gradient * v).Sum(), leaf);
        }
    }

    /// <summary>
    /// The Jacobian of a batched function: f maps [N, …] to [N, K] example by example; the result is [N, K, …] with one
    /// reverse walk per output, each for the whole batch.
    /// </summary>
    /// <exception cref="ArgumentException">f does not map [N, …] to [N, K] with the same N.</exception>
    public static Tensor Jacobian(Func<Tensor, Tensor> f, Tensor x, bool record = false)
    {
        Tensor leaf = x.Tracked();
        Tensor y;
        using (Recording.On()) y = f(leaf);
        if (y.Rank != 2 || x.Rank < 1 || y.Shape[0] != x.Shape[0])
        {
            Throw.Argument($"jacobian: f maps {x.Shape} to {y.Shape}; it must map [N, ...] to [N, K] with the same N.");
        }
        Tensor[] rows = new Tensor[y.Shape[1]];
        for (int k = 0; k < rows.Length; k++)
        {
            Tensor seed = Ops.OneHot(Enumerable.Repeat(k, y.Shape[0]).ToArray(), y.Shape[1], y.Type, y.Device);
            rows[k] = Gradient.Of(y, leaf, seed, record);
        }
        return Ops.Stack(rows, 1);
    }
}
