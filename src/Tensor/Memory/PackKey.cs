namespace MiniGrad;

/// <summary>What tells one packed copy of a storage from another: who packed it, and with which numbers.</summary>
internal readonly record struct PackKey(object? Owner, long A = 0, long B = 0, long C = 0, long D = 0, long E = 0);
