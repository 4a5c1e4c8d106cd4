namespace MiniGrad;

/// <summary>
/// Forward mode: walks a recorded graph from a tensor up to the result. Tangents live in a dictionary of the walk, so
/// nested derivatives cannot confuse their perturbations.
/// </summary>
public static class Tangent
{
    /// <summary>The directional derivative of y when x moves along v; v has the shape of x, the result that of y.</summary>
    public static Tensor Of(Tensor y, Tensor x, Tensor v, bool record = false)
    {
        if (v.Shape != x.Shape) Throw.Argument($"tangent: v has shape {v.Shape}, x has {x.Shape}. They must be equal.");
        Node source = Graph.NodeOf(x, "tangent");
        if (y.Origin is not Node result) return Ops.Zeros(y.Shape, y.Type, y.Device);

        using Recording.Scope scope = record ? Recording.On() : Recording.Pause();
        Dictionary<Node, Tensor> tangents = new(ReferenceEqualityComparer.Instance) { [source] = v };
        foreach (Node node in Graph.Between([source], result))
        {
            if (node.Op is null || ReferenceEquals(node, source)) continue;
            Tensor?[] inputs = new Tensor?[node.Inputs.Length];
            bool any = false;
            for (int i = 0; i < inputs.Length; i++)
            {
                if (node.Inputs[i].Origin is Node from && tangents.TryGetValue(from, out Tensor? t))
                {
                    inputs[i] = t;
                    any = true;
                }
            }
            if (any && node.Op.Jvp(node, inputs) is { } tangent) tangents[node] = tangent;
        }
        return tangents.TryGetValue(result, out Tensor? dy) ? dy : Ops.Zeros(y.Shape, y.Type, y.Device);
    }

    /// <summary>The value of f at x and its directional derivative along v.</summary>
    public static (Tensor Value, Tensor Tangent) Of(Func<Tensor, Tensor> f, Tensor x, Tensor v, bool record = false)
    {
        Tensor leaf = x.Tracked();
        using (Recording.On())
        {
            Tensor y = f(leaf);
            return (y, Of(y, leaf, v, record));
        }
    }
}
