using Mambascope.Inputs.Images;

namespace Mambascope.Explorer.Subjects;

/// <summary>A picture that models can be asked about.</summary>
/// <param name="Id">Names it in addresses: a sample's name, or what its bytes are.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Image">Its pixels, upright.</param>
/// <param name="Notes">What was done to read it.</param>
internal sealed record Picture(string Id, string Name, RgbImage Image, IReadOnlyList<string> Notes);
