namespace MiniGrad;

/// <summary>Reverse mode: walks a recorded graph from its result down to the tensors asked for.</summary>
public static class Gradient
{
    /// <summary>∂y/∂x of a scalar y, or the cotangent of x for a seed of y's shape. With <paramref name="record"/> the result can be differentiated again.</summary>
    public static Tensor Of(Tensor y, Tensor x, Tensor? seed = null, bool record = false) => Of(y, [x], seed, record)[0];

    /// <summary>The gradient of f at x.</summary>
    public static Tensor Of(Func<Tensor, Tensor> f, Tensor x, bool record = false)
    {
        Tensor leaf = x.Tracked();
        using (Recording.On()) return Of(f(leaf), leaf, record: record);
    }

    /// <summary>The gradients of y in several tensors at once; zeros where y does not depend on one.</summary>
    public static Tensor[] Of(Tensor y, Tensor[] xs, Tensor? seed = null, bool record = false)
    {
        if (seed is null && y.Count != 1)
        {
            Throw.Argument($"gradient: y has shape {y.Shape}, not a scalar. Sum it, or pass seed: a tensor of shape {y.Shape}.");
        }
        if (seed is not null && seed.Shape != y.Shape)
        {
            Throw.Argument($"gradient: seed has shape {seed.Shape}, y has {y.Shape}. They must be equal.");
        }
        Node[] targets = [.. xs.Select(x => Graph.NodeOf(x, "gradient"))];
        if (y.Origin is not Node result) return [.. xs.Select(x => Ops.Zeros(x.Shape, x.Type, x.Device))];

        using Recording.Scope scope = record ? Recording.On() : Recording.Pause();
        List<Node> order = Graph.Between(targets, result);
        HashSet<Node> on = new(order, ReferenceEqualityComparer.Instance);
        HashSet<Node> ends = new(targets, ReferenceEqualityComparer.Instance);
        Dictionary<Node, Tensor> cotangents = new(ReferenceEqualityComparer.Instance)
        {
            [result] = seed ?? Ops.Full(y.Shape, 1, y.Type, y.Device),
        };
        for (int i = order.Count - 1; i >= 0; i--)
        {
            Node node = order[i];
            if (node.Op is null || !cotangents.TryGetValue(node, out Tensor? g)) continue;
            if (!ends.Contains(node)) cotangents.Remove(node);
            Descend(node, g, on, cotangents);
        }
        Tensor[] gradients = new Tensor[xs.Length];
        for (int i = 0; i < xs.Length; i++)
        {
            gradients[i] = cotangents.TryGetValue(targets[i], out Tensor? g) ? g : Ops.Zeros(xs[i].Shape, xs[i].Type, xs[i].Device);
        }
        return gradients;
    }

    private static void Descend(Node node, Tensor g, HashSet<Node> on, Dictionary<Node, Tensor> cotangents)
    {
        uint bits = 0;
        for (int i = 0; i < Math.Min(32, node.Inputs.Length); i++)
        {
            if (node.Inputs[i].Origin is Node from && on.Contains(from)) bits |= 1u << i;
        }
        Tensor?[] parts = node.Op!.Vjp(node, g, new Needs(bits));
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i] is not { } part || node.Inputs[i].Origin is not Node from || !on.Contains(from)) continue;
            cotangents[from] = cotangents.TryGetValue(from, out Tensor? sum) ? sum + part : part;
        }
    }
}
