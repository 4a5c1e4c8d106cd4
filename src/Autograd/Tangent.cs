namespace MiniGrad;

/// <summary>
/// Forward mode: walks a recorded graph from a tensor up to the result. Tangents belong to the walk, so nested
/// derivatives cannot confuse their perturbations.
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
        // What is recorded refers to what the walk made. Otherwise a tangent is recycled after its last use.
        using Arena? memory = record ? null : Arena.Open();
        using Graph graph = Graph.Between([source], result);
        int[] lastUse = LastUses(graph);
        for (int place = 0; place < graph.Count; place++)
        {
            Node node = graph[place];
            if (graph.IsSource(place)) graph.Carried(place) = v;
            else if (Ascend(graph, node) is { } tangent)
            {
                memory?.Hold(tangent);
                graph.Carried(place) = tangent;
            }
            foreach (Tensor input in node.Inputs)
            {
                if (graph.Place(input) is >= 0 and int from && lastUse[from] == place) Drop(graph, from, memory);
            }
            memory?.Sweep();
        }
        int end = graph.Place(result);
        Tensor dy = (end < 0 ? null : graph.Carried(end)) ?? Ops.Zeros(y.Shape, y.Type, y.Device);
        memory?.Keep(dy);
        return dy;
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

    private static Tensor? Ascend(Graph graph, Node node)
    {
        Tensor?[] inputs = new Tensor?[node.Inputs.Length];
        bool any = false;
        for (int i = 0; i < inputs.Length; i++)
        {
            if (graph.Place(node.Inputs[i]) is >= 0 and int from) inputs[i] = graph.Carried(from);
            any |= inputs[i] is not null;
        }
        return any ? node.Op!.Jvp(node, inputs) : null;
    }

    private static int[] LastUses(Graph graph)
    {
        int[] last = new int[graph.Count];
        for (int place = 0; place < graph.Count; place++)
        {
            foreach (Tensor input in graph[place].Inputs)
            {
                if (graph.Place(input) is >= 0 and int from) last[from] = place;
            }
        }
        return last;
    }

    private static void Drop(Graph graph, int place, Arena? memory)
    {
        if (graph.Carried(place) is not { } tangent) return;
        graph.Carried(place) = null;
        memory?.Release(tangent);
    }
}
