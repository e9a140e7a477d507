using Xunit;

namespace Mambascope.Tests;

/// <summary>
/// Tests that add to a list of the library (architectures, methods, measures) run alone, since others go through the lists.
/// </summary>
[CollectionDefinition(nameof(RegistryAlone), DisableParallelization = true)]
public sealed class RegistryAlone;
