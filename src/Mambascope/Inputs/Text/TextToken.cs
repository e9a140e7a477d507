namespace Mambascope.Inputs.Text;

/// <summary>One token of a text.</summary>
/// <param name="Id">Its row in the model's embedding.</param>
/// <param name="Text">What it stands for, to be shown; bytes that are no whole character are written <c>\xE2</c>.</param>
/// <param name="Start">First character (UTF-16 unit) of the text it comes from.</param>
/// <param name="End">
/// One past the last. A token that is a part of a character covers the whole character; one that stands for nothing in the text (a space
/// put in front, a mark of the beginning) has Start = End.
/// </param>
public readonly record struct TextToken(int Id, string Text, int Start, int End);
