import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isComposite, partsOf, put } from './values';

test( 'a place needs two numbers, a decimal comma is one too; its name may be missing', () => {
	assert.deepEqual( partsOf( 'location', undefined ), { latitude: '', longitude: '', name: '', address: '' } );
	assert.equal( put( 'location', { latitude: '52.5', longitude: '', name: '', address: '' } ), '' );
	assert.equal( put( 'location', { latitude: '52.5', longitude: 'east', name: '', address: '' } ), '' );
	assert.deepEqual( put( 'location', { latitude: '52,5', longitude: '-13.4', name: ' Shop ', address: '' } ), { latitude: 52.5, longitude: -13.4, name: 'Shop' } );
	assert.deepEqual( partsOf( 'location', { latitude: 52.5, longitude: -13.4, name: 'Shop' } ), { latitude: '52.5', longitude: '-13.4', name: 'Shop', address: '' } );
} );

test( 'products are named by their ids', () => {
	assert.equal( put( 'product', { catalog_id: '1', product_retailer_id: ' ' } ), '' );
	assert.deepEqual( put( 'product', { catalog_id: '1', product_retailer_id: 'lamp' } ), { catalog_id: '1', product_retailer_id: 'lamp' } );
	assert.deepEqual( put( 'products', { title: 'Lamps', ids: 'a, b\nc,' } ), {
		thumbnail_product_retailer_id: 'a',
		sections: [ { title: 'Lamps', product_items: [ { product_retailer_id: 'a' }, { product_retailer_id: 'b' }, { product_retailer_id: 'c' } ] } ],
	} );
	assert.equal( put( 'products', { title: 'Lamps', ids: ' , ' } ), '' );
} );

test( 'an instant is milliseconds; a text is none of these', () => {
	assert.equal( put( 'expires_ms', { at: '2030-01-02T03:04' } ), new Date( 2030, 0, 2, 3, 4 ).getTime() );
	assert.equal( put( 'expires_ms', { at: 'soon' } ), '' );
	assert.equal( isComposite( 'text' ) || isComposite( 'image' ), false );
} );
