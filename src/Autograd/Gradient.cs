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
        Node[] targets = Array.ConvertAll(xs, x => Graph.NodeOf(x, "gradient"));
        if (y.Origin is not Node result) return Array.ConvertAll(xs, Zeros);

        using Recording.Scope scope = record ? Recording.On() : Recording.Pause();
        // What is recorded refers to what the walk made. Otherwise a cotangent is recycled once its node is passed.
        using Arena? memory = record ? null : Arena.Open();
        using Graph graph = Graph.Between(targets, result);
        if (!record) graph.CountUses();
        if (graph.Place(result) is >= 0 and int top) Add(graph, top, seed ?? Ops.Full(y.Shape, 1, y.Type, y.Device), memory);
        for (int place = graph.Count - 1; place >= 0; place--)
        {
            Node node = graph[place];
            if (node.Op is null || graph.Carried(place) is not { } g) continue;
            Descend(graph, place, g, memory);
            if (!graph.IsSource(place))
            {
                graph.Carried(place) = null;
                memory?.Release(g);
            }
            memory?.Sweep();
        }
        Tensor[] gradients = new Tensor[xs.Length];
        for (int i = 0; i < xs.Length; i++)
        {
            int place = graph.Place(targets[i]);
            gradients[i] = (place < 0 ? null : graph.Carried(place)) ?? Zeros(xs[i]);
            memory?.Keep(gradients[i]);
        }
        return gradients;
    }

    private static void Descend(Graph graph, int at, Tensor g, Arena? memory)
    {
        Node node = graph[at];
        Tensor[] inputs = node.Inputs;
        uint bits = 0;
        for (int i = 0; i < Math.Min(32, inputs.Length); i++)
        {
            if (graph.Place(inputs[i]) >= 0) bits |= 1u << i;
        }
        Needs needs = new(bits);
        int first = inputs.Length > 0 ? graph.Place(inputs[0]) : -1;
        bool folds = node.Op is IFusingOp && memory is not null;
        // Only the last consumer may add what the others sent.
        bool isLast = folds && first >= 0 && graph.IsLastUse(first);
        Tensor? gate = isLast && !graph.IsSource(first) && graph[first].Op is IFusingOp { IsRelu: true } ? inputs[0] : null;
        Tensor?[] parts = folds
            ? ((IFusingOp)node.Op!).Vjp(node, g, needs, new CotangentFusion(isLast ? graph.Carried(first) : null, gate, graph.IsMasked(at)))
            : node.Op!.Vjp(node, g, needs);
        if (memory is not null) graph.Passed(node);
        if (isLast && parts[0] is { } whole)
        {
            Set(graph, first, whole, memory);
            graph.IsMasked(first) = gate is not null;
            parts[0] = null;
        }
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i] is { } part && graph.Place(inputs[i]) is >= 0 and int place) Add(graph, place, part, memory);
        }
    }

    private static void Add(Graph graph, int place, Tensor part, Arena? memory)
    {
        Set(graph, place, graph.Carried(place) is { } before ? before + part : part, memory);
    }

    private static void Set(Graph graph, int place, Tensor cotangent, Arena? memory)
    {
        Tensor? before = graph.Carried(place);
        graph.Carried(place) = cotangent;
        memory?.Hold(cotangent);
        if (before is not null) memory?.Release(before);
    }

    private static Tensor Zeros(Tensor x) => Ops.Zeros(x.Shape, x.Type, x.Device);
}
