namespace MiniGrad;

/// <summary>
/// An operation whose rule can do more to the cotangent of its first input while that is in the cache: add what the other
/// consumers of that input sent, and mask it where the input is the result of a ReLU and is 0.
/// </summary>
internal interface IFusingOp
{
    /// <summary>Whether the result is that of a ReLU, so that its cotangent counts only where it is positive.</summary>
    bool IsRelu { get; }

    Tensor?[] Vjp(Node node, Tensor g, Needs needs, in CotangentFusion fusion);
}

/// <summary>What a backward pass wants fused into a rule.</summary>
/// <param name="Sum">The cotangent that the first input has from its other consumers, all of which have been passed.</param>
/// <param name="Mask">The first input, when it is the result of a ReLU: its cotangent counts only where it is positive.</param>
/// <param name="IsMasked">Whether this node's own cotangent has already been masked by its ReLU.</param>
internal readonly record struct CotangentFusion(Tensor? Sum, Tensor? Mask, bool IsMasked)
{
    /// <summary>Does to a first cotangent what a kernel did not do.</summary>
    public Tensor?[] AfterFirst(Tensor?[] parts)
    {
        if (parts[0] is not { } part) return parts;
        if (Sum is not null) part = Sum + part;
        parts[0] = Mask is null ? part : Pointwise.Of(new ReluMask(0), part, Mask);
        return parts;
    }
}

/// <summary>
/// The cotangents that a backward pass carries, one for each node. While nothing is recorded it recycles the memory of each
/// once its node has been passed, and lets rules fuse.
/// </summary>
internal readonly struct Cotangents : IDisposable
{
    private readonly Graph graph;
    private readonly Arena? memory;

    public Cotangents(Graph graph, bool recycle)
    {
        this.graph = graph;
        if (recycle) memory = Arena.Open();
    }

    /// <summary>The sum of what the consumers of a node have sent so far.</summary>
    public Tensor? this[int place] => graph.Carried(place);

    /// <summary>Adds to the cotangent of a tensor; one that lies on no way to a source needs none.</summary>
    public void Add(Tensor tensor, Tensor part)
    {
        if (graph.Place(tensor) is not (>= 0 and int place)) return;
        ref Tensor? carried = ref graph.Carried(place);
        Tensor? before = carried;
        carried = before is null ? part : before + part;
        memory?.Hold(carried);
        if (before is not null) memory?.Release(before);
    }

    /// <summary>
    /// The rule of a node with all that can be fused into it; none where nothing can be. The cotangent of the first input then
    /// is a whole, which replaces what the other consumers sent.
    /// </summary>
    public Tensor?[]? Fused(int place, Tensor g)
    {
        Node node = graph[place];
        if (memory is null || node.Op is not IFusingOp op) return null;
        int first = node.Inputs.Length > 0 ? graph.Place(node.Inputs[0]) : -1;
        // Only the last consumer may add what the others sent, and mask the sum.
        bool isLast = first >= 0 && graph.IsLastUse(first);
        Tensor? sum = isLast ? graph.Carried(first) : null;
        Tensor? mask = isLast && !graph.IsSource(first) && graph[first].Op is IFusingOp { IsRelu: true } ? node.Inputs[0] : null;
        Tensor?[] parts = op.Vjp(node, g, graph.NeedsOf(node), new(sum, mask, graph.IsMasked(place)));
        if (!isLast || parts[0] is null) return parts;
        graph.Carried(first) = null;
        graph.IsMasked(first) = mask is not null;
        if (sum is not null) memory.Release(sum);
        return parts;
    }

    /// <summary>Ends the turn of a node: its cotangent is dropped, except at a source, and so is all else that its rule made.</summary>
    public void Pass(int place)
    {
        if (memory is not null) graph.Pass(graph[place]);
        if (!graph.IsSource(place))
        {
            ref Tensor? carried = ref graph.Carried(place);
            memory?.Release(carried!);
            carried = null;
        }
        memory?.Sweep();
    }

    /// <summary>The cotangent of a source, zeros where nothing was sent, for the caller to keep.</summary>
    public Tensor Keep(Tensor source)
    {
        Tensor cotangent = (graph.Place(source) is >= 0 and int place ? graph.Carried(place) : null) ?? Ops.ZerosLike(source);
        memory?.Keep(cotangent);
        return cotangent;
    }

    public void Dispose() => memory?.Dispose();
}
