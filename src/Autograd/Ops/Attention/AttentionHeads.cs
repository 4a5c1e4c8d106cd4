using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>
/// softmax(Q Kᵀ/√d) V of [N, heads, tokens, d] in any layout, and its derivatives: what <see cref="Attention"/> and
/// <see cref="SelfAttention"/> share. Vaswani et al., arXiv:1706.03762.
/// </summary>
internal static class AttentionHeads
{
    /// <summary>Scores that are made, normalised and multiplied before the next ones, in second-level cache meanwhile.</summary>
    private const int ScoresPerPass = 256 * 1024;

    /// <summary>y by kernels alone; the probabilities are kept when a derivative may be asked for.</summary>
    public static Tensor? Forward(View q, View k, View v, View y, bool keep)
    {
        (int n, int heads, int rows, int columns) = (q.Shape[0], q.Shape[1], q.Shape[2], k.Shape[2]);
        int images = ImagesPerPass(heads, rows, columns);
        Device device = y.Storage.Device;
        Backend backend = Backend.For(device);
        // Scores that nobody needs any more are the next layer's, which so meets them in the cache.
        using Arena memory = Arena.Open();
        Tensor scores = Tensor.Empty([keep ? n : Math.Min(n, images), heads, rows, columns], y.Type, device);
        for (int first = 0; first < n; first += images)
        {
            int count = Math.Min(images, n - first);
            View p = Part(scores.View, keep ? first : 0, count);
            backend.MatMul(Part(q, first, count), Turned(Part(k, first, count)), default, p);
            backend.Softmax(Scale(q), p, p);
            backend.MatMul(p, Part(v, first, count), default, Part(y, first, count));
        }
        if (keep) memory.Keep(scores);
        memory.Sweep();
        return keep ? scores : null;
    }

    /// <summary>The cotangents by kernels alone, each where it is wanted.</summary>
    public static void Adjoint(View q, View k, View v, Tensor probabilities, View g, View? dq, View? dk, View? dv)
    {
        (int n, int heads, int rows, int columns) = (q.Shape[0], q.Shape[1], q.Shape[2], k.Shape[2]);
        int images = ImagesPerPass(heads, rows, columns);
        Backend backend = Backend.For(probabilities.Device);
        Tensor slopes = Tensor.Empty([Math.Min(n, images), heads, rows, columns], probabilities.Type, probabilities.Device);
        for (int first = 0; first < n; first += images)
        {
            int count = Math.Min(images, n - first);
            (View p, View u, View ds) = (Part(probabilities.View, first, count), Part(g, first, count), Part(slopes.View, 0, count));
            if (dv is { } value) backend.MatMul(Turned(p), u, default, Part(value, first, count));
            if (dq is null && dk is null) continue;
            backend.MatMul(u, Turned(Part(v, first, count)), default, ds);
            backend.SoftmaxAdjoint(Scale(q), p, ds, ds);
            if (dq is { } query) backend.MatMul(ds, Part(k, first, count), default, Part(query, first, count));
            if (dk is { } key) backend.MatMul(Turned(ds), Part(q, first, count), default, Part(key, first, count));
        }
    }

    /// <summary>The same cotangents made of operations.</summary>
    public static Tensor?[] Vjp(Tensor q, Tensor k, Tensor v, Tensor g, Needs needs)
    {
        Tensor p = Probabilities(q, k);
        Tensor? dv = needs[2] ? p.Transpose().MatMul(g) : null;
        if (!needs[0] && !needs[1]) return [null, null, dv];
        Tensor ds = SoftmaxRowsAdjoint.Of(Scale(q.View), p, g.MatMul(v.Transpose()));
        return [needs[0] ? ds.MatMul(k) : null, needs[1] ? ds.Transpose().MatMul(q) : null, dv];
    }

    /// <summary>The tangent made of operations; a walk that records nothing spares the probabilities.</summary>
    public static Tensor? Jvp(Tensor q, Tensor k, Tensor v, Tensor? dq, Tensor? dk, Tensor? dv, Tensor probabilities)
    {
        Tensor p = Recording.IsPaused ? probabilities : Probabilities(q, k);
        Tensor? ds = dq?.MatMul(k.Transpose());
        if (dk is not null) ds = Ops.Plus(ds, q.MatMul(dk.Transpose()));
        Tensor? dy = ds is null ? null : SoftmaxRowsAdjoint.Of(Scale(q.View), p, ds).MatMul(v);
        return dv is null ? dy : Ops.Plus(dy, p.MatMul(dv));
    }

    private static Tensor Probabilities(Tensor q, Tensor k) => SoftmaxRows.Of(Scale(q.View), q.MatMul(k.Transpose()));

    private static double Scale(View q) => 1 / Math.Sqrt(q.Shape[3]);

    private static int ImagesPerPass(int heads, int rows, int columns) => (int)Math.Max(1, ScoresPerPass / ((long)heads * rows * columns));

    private static View Part(View x, int first, int count) => new(x.Storage, x.Layout.Slice(0, first, count));

    private static View Turned(View x) => new(x.Storage, x.Layout.Permute([0, 1, 3, 2]));
}
