using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// Gives the weight with the given checkpoint name and shape; where weights come from (a file, a seed, a trainer) is its matter.
/// </summary>
/// <param name="name">Name in a checkpoint.</param>
/// <param name="shape">Shape the model needs.</param>
public delegate Weight WeightSource(string name, params int[] shape);
