throw new Error('This native transport is not part of the product: it drives devices through its own transports');
