namespace MiniGrad.Formats.Weights;

/// <summary>What all pickles of one file may cost together: far above any checkpoint, about 100 MB of memory at the most.</summary>
internal sealed class PickleBudget
{
    private const int MostSteps = 2_000_000;
    private const long MostText = 16 << 20;

    private int steps;
    private long text;

    /// <summary>Every step of the machine, which makes at most one small object.</summary>
    public void Step(PickleInput input)
    {
        if (++steps > MostSteps) throw input.Bad(input.Position, $"the pickle takes more than {MostSteps} steps. Save the state_dict alone");
    }

    public void Text(PickleInput input, long length)
    {
        text += length;
        if (text > MostText) throw input.Bad(input.Position, $"the pickle holds more than {MostText} bytes of text. Save the state_dict alone");
    }
}
