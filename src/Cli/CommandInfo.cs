namespace MiniGrad.Cli;

/// <summary>What help says of a command: all that its neighbours in the tree need of it.</summary>
internal sealed record CommandInfo(string Name, string Description, string Example);
