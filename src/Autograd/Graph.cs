namespace MiniGrad;

/// <summary>
/// The part of a recorded graph that lies between some tensors and a result: its nodes in the order of their making, and
/// what a pass carries at each of them. The memory goes to the thread's next pass, so that of a small graph allocates
/// next to nothing.
/// </summary>
internal sealed class Graph : IDisposable
{
    /// <summary>Nodes of the largest graph whose memory is kept.</summary>
    private const int MostKept = 1 << 10;

    [ThreadStatic]
    private static Graph? spare;

    private readonly Dictionary<Node, int> places = [];
    private Stop[] stops = new Stop[64];

    /// <summary>How many nodes lie on a way from a source to the result, the sources included.</summary>
    public int Count { get; private set; }

    public Node this[int place] => stops[place].Node;

    /// <summary>Finds the nodes on all ways from the sources to the result.</summary>
    public static Graph Between(ReadOnlySpan<Node> sources, Node result)
    {
        Graph graph = spare ?? new();
        spare = null;
        graph.Collect(sources, result);
        graph.KeepWays(sources);
        return graph;
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

    /// <summary>The place of a node, −1 when it is on no way.</summary>
    public int Place(Node node) => places.TryGetValue(node, out int place) ? place : -1;

    /// <summary>The place of the node that made a tensor, −1 when it is on no way.</summary>
    public int Place(Tensor tensor) => tensor.Origin is Node node ? Place(node) : -1;

    /// <summary>What the pass carries at a place: a cotangent or a tangent.</summary>
    public ref Tensor? Carried(int place) => ref stops[place].Carried;

    public bool IsSource(int place) => stops[place].IsSource;

    /// <summary>Which inputs of a node lie on a way, so that a backward pass needs their cotangents.</summary>
    public Needs NeedsOf(Node node)
    {
        uint bits = 0;
        for (int i = 0; i < Math.Min(32, node.Inputs.Length); i++)
        {
            if (Place(node.Inputs[i]) >= 0) bits |= 1u << i;
        }
        return new(bits);
    }

    /// <summary>Tells that a node needs nothing from its inputs any more.</summary>
    public void Pass(Node node)
    {
        foreach (Tensor input in node.Inputs)
        {
            if (Place(input) is >= 0 and int from) stops[from].Uses--;
        }
    }

    /// <summary>Whether all but one of the inputs that the node is to others have been passed.</summary>
    public bool IsLastUse(int place) => stops[place].Uses == 1;

    /// <summary>Whether the cotangent carried here has already been masked by the node's ReLU.</summary>
    public ref bool IsMasked(int place) => ref stops[place].IsMasked;

    public void Dispose()
    {
        Array.Clear(stops, 0, Count);
        places.Clear();
        Count = 0;
        if (stops.Length <= MostKept) spare = this;
    }

    /// <summary>Everything the result was made of that is not older than the oldest source.</summary>
    private void Collect(ReadOnlySpan<Node> sources, Node result)
    {
        long oldest = long.MaxValue;
        foreach (Node source in sources) oldest = Math.Min(oldest, source.Number);
        if (result.Number >= oldest) Add(result);
        for (int next = 0; next < Count; next++)
        {
            foreach (Tensor input in stops[next].Node.Inputs)
            {
                if (input.Origin is Node from && from.Number >= oldest) Add(from);
            }
        }
        stops.AsSpan(0, Count).Sort(static (a, b) => a.Node.Number.CompareTo(b.Node.Number));
    }

    /// <summary>Drops what no source leads to.</summary>
    private void KeepWays(ReadOnlySpan<Node> sources)
    {
        int found = Count;
        Count = 0;
        places.Clear();
        for (int i = 0; i < found; i++)
        {
            Node node = stops[i].Node;
            bool isSource = sources.Contains(node);
            if (!Uses(node) && !isSource) continue;
            stops[Count].IsSource = isSource;
            Add(node);
        }
        Array.Clear(stops, Count, found - Count);
    }

    /// <summary>Whether an input of the node lies on a way; counts the node as a use of each that does.</summary>
    private bool Uses(Node node)
    {
        bool any = false;
        foreach (Tensor input in node.Inputs)
        {
            if (Place(input) is not (>= 0 and int from)) continue;
            stops[from].Uses++;
            any = true;
        }
        return any;
    }

    private void Add(Node node)
    {
        if (!places.TryAdd(node, Count)) return;
        if (Count == stops.Length) Array.Resize(ref stops, 2 * Count);
        stops[Count++].Node = node;
    }

    /// <summary>A node with what a pass knows of it.</summary>
    private struct Stop
    {
        public Node Node;
        public Tensor? Carried;
        public bool IsSource;
        public bool IsMasked;
        public int Uses;
    }
}
