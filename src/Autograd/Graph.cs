namespace MiniGrad;

/// <summary>The part of a recorded graph that lies between some tensors and a result.</summary>
internal static class Graph
{
    /// <summary>The nodes on a way from any of the sources to the result, in the order of their making, sources included.</summary>
    public static List<Node> Between(ReadOnlySpan<Node> sources, Node result)
    {
        long oldest = long.MaxValue;
        Dictionary<Node, bool> leads = new(ReferenceEqualityComparer.Instance);
        foreach (Node source in sources)
        {
            leads[source] = true;
            oldest = Math.Min(oldest, source.Number);
        }
        List<Node> order = [];
        HashSet<Node> seen = new(ReferenceEqualityComparer.Instance);
        Stack<Node> open = new([result]);
        while (open.TryPop(out Node? node))
        {
            if (node.Number < oldest || !seen.Add(node)) continue;
            order.Add(node);
            foreach (Tensor input in node.Inputs)
            {
                if (input.Origin is Node from) open.Push(from);
            }
        }
        order.Sort((a, b) => a.Number.CompareTo(b.Number));
        List<Node> between = [];
        foreach (Node node in order)
        {
            bool on = leads.ContainsKey(node);
            foreach (Tensor input in node.Inputs) on |= input.Origin is Node from && leads.ContainsKey(from);
            if (!on) continue;
            leads[node] = true;
            between.Add(node);
        }
        return between;
    }

    public static Node NodeOf(Tensor x, string operation)
    {
        if (x.Origin is not Node node)
        {
            Throw.Argument($"{operation}: the tensor {x.Shape} is not tracked. Call Tracked() on it before computing with it.");
            return null!;
        }
        return node;
    }
}
