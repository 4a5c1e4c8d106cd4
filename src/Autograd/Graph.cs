namespace MiniGrad;

/// <summary>
/// The part of a recorded graph that lies between some tensors and a result: its nodes in the order of their making, and
/// what a walk carries at each of them. The memory goes to the thread's next walk, so a walk of a small graph allocates
/// next to nothing.
/// </summary>
internal sealed class Graph : IDisposable
{
    /// <summary>Nodes of the largest graph whose memory is kept.</summary>
    private const int MostKept = 1 << 10;

    [ThreadStatic]
    private static Graph? spare;

    private Node[] nodes = new Node[64];
    private Tensor?[] carried = new Tensor?[64];
    private bool[] sources = new bool[64];
    private bool[] gated = new bool[64];
    private int[] uses = new int[64];

    /// <summary>A hash table of nodes: place + 1, by a number that only nodes of different threads can share.</summary>
    private int[] table = new int[128];
    private int count;

    /// <summary>How many nodes lie on a way from a source to the result, the sources included.</summary>
    public int Count => count;

    public Node this[int place] => nodes[place];

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
    public int Place(Node node)
    {
        for (int slot = Slot(node); table[slot] != 0; slot = (slot + 1) & (table.Length - 1))
        {
            if (ReferenceEquals(nodes[table[slot] - 1], node)) return table[slot] - 1;
        }
        return -1;
    }

    /// <summary>The place of the node that made a tensor, −1 when it is on no way.</summary>
    public int Place(Tensor tensor) => tensor.Origin is Node node ? Place(node) : -1;

    /// <summary>What the walk carries at a place: a cotangent or a tangent.</summary>
    public ref Tensor? Carried(int place) => ref carried[place];

    public bool IsSource(int place) => sources[place];

    /// <summary>Counts, for each node, the inputs of other nodes that it is: what <see cref="IsLastUse"/> goes by.</summary>
    public void CountUses()
    {
        for (int place = 0; place < count; place++)
        {
            foreach (Tensor input in nodes[place].Inputs)
            {
                if (Place(input) is >= 0 and int from) uses[from]++;
            }
        }
    }

    /// <summary>Tells the counts that a node needs nothing from its inputs any more.</summary>
    public void Passed(Node node)
    {
        foreach (Tensor input in node.Inputs)
        {
            if (Place(input) is >= 0 and int from) uses[from]--;
        }
    }

    /// <summary>Whether all uses but one have been passed.</summary>
    public bool IsLastUse(int place) => uses[place] == 1;

    /// <summary>Whether what the walk carries is 0 already where the node's result, a maximum with 0, is.</summary>
    public ref bool IsMasked(int place) => ref gated[place];

    public void Dispose()
    {
        Array.Clear(nodes, 0, count);
        Array.Clear(carried, 0, count);
        Array.Clear(sources, 0, count);
        Array.Clear(gated, 0, count);
        Array.Clear(uses, 0, count);
        Array.Clear(table);
        count = 0;
        if (nodes.Length <= MostKept) spare = this;
    }

    /// <summary>Everything the result was made of that is not older than the oldest source.</summary>
    private void Collect(ReadOnlySpan<Node> sources, Node result)
    {
        long oldest = long.MaxValue;
        foreach (Node source in sources) oldest = Math.Min(oldest, source.Number);
        if (result.Number >= oldest) Add(result);
        for (int next = 0; next < count; next++)
        {
            foreach (Tensor input in nodes[next].Inputs)
            {
                if (input.Origin is Node from && from.Number >= oldest && Place(from) < 0) Add(from);
            }
        }
        Array.Sort(nodes, 0, count, ByNumber.Order);
    }

    private void KeepWays(ReadOnlySpan<Node> sources)
    {
        int found = count;
        count = 0;
        Array.Clear(table);
        for (int i = 0; i < found; i++)
        {
            Node node = nodes[i];
            if (Leads(node) || sources.Contains(node)) Add(node);
        }
        Array.Clear(nodes, count, found - count);
        foreach (Node source in sources)
        {
            if (Place(source) is >= 0 and int place) this.sources[place] = true;
        }
    }

    private bool Leads(Node node)
    {
        foreach (Tensor input in node.Inputs)
        {
            if (Place(input) >= 0) return true;
        }
        return false;
    }

    private void Add(Node node)
    {
        if (count == nodes.Length) Grow();
        nodes[count++] = node;
        Enter(node, count);
    }

    private void Enter(Node node, int value)
    {
        int slot = Slot(node);
        while (table[slot] != 0) slot = (slot + 1) & (table.Length - 1);
        table[slot] = value;
    }

    private void Grow()
    {
        Array.Resize(ref nodes, 2 * count);
        Array.Resize(ref carried, 2 * count);
        Array.Resize(ref sources, 2 * count);
        Array.Resize(ref gated, 2 * count);
        Array.Resize(ref uses, 2 * count);
        table = new int[4 * count];
        for (int i = 0; i < count; i++) Enter(nodes[i], i + 1);
    }

    // Numbers of one graph follow one another; the factor (2⁶⁴ over the golden ratio) keeps runs apart.
    private int Slot(Node node) => (int)((ulong)node.Number * 0x9E3779B97F4A7C15 >> 32) & (table.Length - 1);

    private sealed class ByNumber : IComparer<Node>
    {
        public static readonly ByNumber Order = new();

        public int Compare(Node? a, Node? b) => a!.Number.CompareTo(b!.Number);
    }
}
