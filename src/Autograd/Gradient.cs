namespace MiniGrad;

/// <summary>Reverse mode: passes a recorded graph from its result down to the tensors asked for.</summary>
public static class Gradient
{
    /// <summary>∂y/∂x of a scalar y, or the cotangent of x for a seed of y's shape. Has the shape, type and device of x.</summary>
    /// <param name="y">What is differentiated: a scalar, unless a seed is given.</param>
    /// <param name="x">A tensor that y was computed from; it must be tracked.</param>
    /// <param name="seed">The cotangent of y, of its shape; 1 by default.</param>
    /// <param name="record">Whether the result can be differentiated again.</param>
    /// <exception cref="ArgumentException">x is not tracked, y is not a scalar and has no seed, or the seed has another shape.</exception>
    public static Tensor Of(Tensor y, Tensor x, Tensor? seed = null, bool record = false) => Of(y, [x], seed, record)[0];

    /// <summary>The gradient at x of a function f with a scalar result.</summary>
    /// <exception cref="ArgumentException">The result of f is not a scalar.</exception>
    public static Tensor Of(Func<Tensor, Tensor> f, Tensor x, bool record = false)
    {
        Tensor leaf = x.Tracked();
        using (Recording.On()) return Of(f(leaf), leaf, record: record);
    }

    /// <summary>The gradients of y in several tensors at once; zeros where y does not depend on one.</summary>
    /// <exception cref="ArgumentException">An x is not tracked, y is not a scalar and has no seed, or the seed has another
    /// shape.</exception>
    public static Tensor[] Of(Tensor y, Tensor[] xs, Tensor? seed = null, bool record = false)
    {
        CheckSeed(y, seed);
        Node[] sources = Array.ConvertAll(xs, x => Graph.NodeOf(x, "gradient"));
        if (y.Origin is not Node result) return Array.ConvertAll(xs, Ops.ZerosLike);

        using Recording.Scope scope = record ? Recording.On() : Recording.Pause();
        using Graph graph = Graph.Between(sources, result);
        // A pass that is recorded does nothing but what stands here: its results go on referring to what it made.
        using Cotangents cotangents = new(graph, recycle: !record);
        cotangents.Add(y, seed ?? Ops.Full(y.Shape, 1, y.Type, y.Device));
        for (int place = graph.Count - 1; place >= 0; place--)
        {
            Node node = graph[place];
            if (node.Op is null || cotangents[place] is not { } g) continue;
            Tensor?[] parts = cotangents.Fused(place, g) ?? node.Op.Vjp(node, g, graph.NeedsOf(node));
            for (int i = 0; i < parts.Length; i++)
            {
                if (parts[i] is { } part) cotangents.Add(node.Inputs[i], part);
            }
            cotangents.Pass(place);
        }
        Tensor[] gradients = new Tensor[xs.Length];
        for (int i = 0; i < xs.Length; i++) gradients[i] = cotangents.Keep(xs[i]);
        return gradients;
    }

    private static void CheckSeed(Tensor y, Tensor? seed)
    {
        if (seed is null && y.Count != 1)
        {
            Throw.Argument($"gradient: y has shape {y.Shape}, not a scalar. Sum it, or pass seed: a tensor of shape {y.Shape}.");
        }
        if (seed is not null && seed.Shape != y.Shape)
        {
            Throw.Argument($"gradient: seed has shape {seed.Shape}, y has {y.Shape}. They must be equal.");
        }
    }
}
