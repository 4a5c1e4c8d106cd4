namespace MiniGrad.Data;

/// <summary>The part of a data set to learn from, and the part to measure on.</summary>
public enum Split
{
    Train,
    Test,
}
